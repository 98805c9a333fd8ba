<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Songshu</source>
        <translation>关于松鼠</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>Speech becomes text on this computer alone. Songshu never uses the network: no recording, no text and no word about you leaves it.</source>
        <translation>语音只在这台电脑上变成文字。松鼠从不使用网络：录音、文字以及关于你的任何信息都不会离开这台电脑。</translation>
    </message>
    <message>
        <source>Copy version</source>
        <translation>复制版本信息</translation>
    </message>
    <message>
        <source>Search in what Songshu is made of</source>
        <translation>在松鼠的组成部分中搜索</translation>
    </message>
    <message>
        <source>What Songshu is made of</source>
        <translation>松鼠的组成部分</translation>
    </message>
    <message>
        <source>Text of the licence</source>
        <translation>许可证全文</translation>
    </message>
    <message>
        <source>Copy licence</source>
        <translation>复制许可证</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Nothing found.</source>
        <translation>没有找到。</translation>
    </message>
    <message>
        <source>The version was copied.</source>
        <translation>版本信息已复制。</translation>
    </message>
    <message>
        <source>The licence was copied.</source>
        <translation>许可证已复制。</translation>
    </message>
    <message>
        <source>The list of licences is written when Songshu is built.</source>
        <translation>许可证列表在构建松鼠时生成。</translation>
    </message>
    <message>
        <source>Songshu&apos;s source is under Apache-2.0, this program as a whole under {licence}. It is made of {n} parts:</source>
        <translation>松鼠的源代码采用 Apache-2.0 许可证，整个程序采用 {licence} 许可证。它由 {n} 个部分组成：</translation>
    </message>
</context>
<context>
    <name>Again</name>
    <message>
        <source>Listening again; the text stays until then.</source>
        <translation>正在重新听；在此之前文字保持不变。</translation>
    </message>
    <message>
        <source>It is being recognised again; the text stays until then.</source>
        <translation>正在重新识别；在此之前文字保持不变。</translation>
    </message>
    <message>
        <source>Recognised again; this is the new text.</source>
        <translation>已重新识别，这是新的文字。</translation>
    </message>
    <message>
        <source>{what} The text is as it was.</source>
        <translation>{what}文字保持原样。</translation>
    </message>
    <message>
        <source>Try again…</source>
        <translation>再试一次…</translation>
    </message>
    <message>
        <source>Nothing was understood; the line stays as it was.</source>
        <translation>没有听出内容，这一行保持不变。</translation>
    </message>
    <message>
        <source>The same text came out again.</source>
        <translation>识别结果与原来相同。</translation>
    </message>
    <message>
        <source>The line was recognised again.</source>
        <translation>这一行已重新识别。</translation>
    </message>
</context>
<context>
    <name>AgainSheet</name>
    <message>
        <source>Recognise again</source>
        <translation>重新识别</translation>
    </message>
    <message>
        <source>Recognise {n} files like this</source>
        <translation>这样识别 {n} 个文件</translation>
    </message>
    <message>
        <source>Recognise “{name}” like this</source>
        <translation>这样识别“{name}”</translation>
    </message>
    <message>
        <source>Recognise “{name}” again</source>
        <translation>重新识别“{name}”</translation>
    </message>
    <message>
        <source>Recognise a line again</source>
        <translation>重新识别这一行</translation>
    </message>
    <message>
        <source>Recognise {n} lines again</source>
        <translation>重新识别 {n} 行</translation>
    </message>
    <message>
        <source>Recognise</source>
        <translation>识别</translation>
    </message>
    <message>
        <source>Your text stays as it is until the new one is there.</source>
        <translation>在新的文字出来之前，现有文字保持不变。</translation>
    </message>
    <message>
        <source>You can take it back.</source>
        <translation>之后也可以撤销。</translation>
    </message>
    <message>
        <source>Recognition begins anew with what you choose here.</source>
        <translation>将按您在这里的选择重新开始识别。</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>What it is about</source>
        <translation>内容背景</translation>
    </message>
    <message>
        <source>Names and terms, one in each line</source>
        <translation>名称与术语，每行一个</translation>
    </message>
    <message>
        <source>Write spoken numbers in digits</source>
        <translation>把口述的数字写成阿拉伯数字</translation>
    </message>
    <message>
        <source>Write nothing where nobody speaks</source>
        <translation>没有人说话的地方不写文字</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>模型…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>There is no model that can be used.</source>
        <translation>没有可用的模型。</translation>
    </message>
    <message>
        <source>The model of before is not here any more; choose another one.</source>
        <translation>之前用的模型已经不在了，请另选一个。</translation>
    </message>
</context>
<context>
    <name>ChordField</name>
    <message>
        <source>Add Ctrl or Alt: {what} alone could not be typed any more.</source>
        <translation>请加上 Ctrl 或 Alt：否则就无法再输入 {what}。</translation>
    </message>
    <message>
        <source>Already used here: {what}.</source>
        <translation>这里已经用于：{what}。</translation>
    </message>
    <message>
        <source>Many programs use it for something else: {what}.</source>
        <translation>许多程序把它用作：{what}。</translation>
    </message>
    <message>
        <source>copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>剪切</translation>
    </message>
    <message>
        <source>undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>new tab</source>
        <translation>新标签页</translation>
    </message>
    <message>
        <source>close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>next window</source>
        <translation>切换窗口</translation>
    </message>
    <message>
        <source>help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>reload</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>switch the input method</source>
        <translation>切换输入法</translation>
    </message>
    <message>
        <source>leave the session</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>picture of the screen</source>
        <translation>截屏</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{chord} – press another</source>
        <translation>{chord} – 请按新的快捷键</translation>
    </message>
</context>
<context>
    <name>CueEditor</name>
    <message>
        <source>Latin letters in a line</source>
        <translation>每行拉丁字符数</translation>
    </message>
    <message>
        <source>Chinese characters in a line</source>
        <translation>每行汉字数</translation>
    </message>
    <message>
        <source>Lines at once</source>
        <translation>同时显示行数</translation>
    </message>
    <message>
        <source>Shown at least</source>
        <translation>最短显示</translation>
    </message>
    <message>
        <source>Shown at most</source>
        <translation>最长显示</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Break where a sentence or a clause ends</source>
        <translation>在句子或分句结束处断行</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Preview of the subtitles</source>
        <translation>字幕预览</translation>
    </message>
</context>
<context>
    <name>Desktop</name>
    <message>
        <source>The history was damaged. It was put aside as {name}; a new one begins.</source>
        <translation>历史记录已损坏，已另存为 {name}，并新建了一份。</translation>
    </message>
    <message>
        <source>Exported: {name}</source>
        <translation>已导出：{name}</translation>
    </message>
</context>
<context>
    <name>DeviceChoice</name>
    <message>
        <source>Graphics cards: the runtimes inside this Songshu are built for the processor.</source>
        <translation>显卡：这个松鼠内置的运行库只支持处理器。</translation>
    </message>
    <message>
        <source>{names}: this version of Songshu does not use it yet.</source>
        <translation>{names}：这个版本的松鼠还不使用它。</translation>
    </message>
    <message>
        <source>What is no processor is tested when it is first used.</source>
        <translation>除处理器外的设备在首次使用时会先进行测试。</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>No graphics card with a Vulkan driver was found.</source>
        <translation>未找到带有 Vulkan 驱动程序的显卡。</translation>
    </message>
    <message>
        <source>{name} (cannot be used)</source>
        <translation>{name}（不能使用）</translation>
    </message>
</context>
<context>
    <name>DictationPage</name>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Inserting</source>
        <translation>输入到程序</translation>
    </message>
    <message>
        <source>While you speak</source>
        <translation>说话时</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>It also serves recordings in the window.</source>
        <translation>窗口里的录音也用它。</translation>
    </message>
    <message>
        <source>Dictate into other programs with these shortcuts</source>
        <translation>用这些快捷键向其他程序听写</translation>
    </message>
    <message>
        <source>A short tap still goes to the program in front</source>
        <translation>短按仍然交给当前程序</translation>
    </message>
    <message>
        <source>Obey “new line”, “new paragraph” and “full stop”</source>
        <translation>执行口令“换行”“新段落”“句号”</translation>
    </message>
    <message>
        <source>Show a small bar above all windows</source>
        <translation>在所有窗口上方显示一个小条</translation>
    </message>
    <message>
        <source>With the words so far</source>
        <translation>同时显示已说的内容</translation>
    </message>
    <message>
        <source>Show an icon in the tray</source>
        <translation>在托盘显示图标</translation>
    </message>
    <message>
        <source>Start when I log in, without a window</source>
        <translation>登录时启动，不打开窗口</translation>
    </message>
    <message>
        <source>Put the bar back to the middle</source>
        <translation>把小条放回中间</translation>
    </message>
    <message>
        <source>Hold to speak</source>
        <translation>按住说话</translation>
    </message>
    <message>
        <source>Start and stop</source>
        <translation>开始与停止</translation>
    </message>
    <message>
        <source>Insert the last text again</source>
        <translation>再次输入上一段文字</translation>
    </message>
    <message>
        <source>Speak while you hold it. Esc cancels.</source>
        <translation>按住时说话，按 Esc 取消。</translation>
    </message>
    <message>
        <source>Press once, speak, press again.</source>
        <translation>按一次，说话，再按一次。</translation>
    </message>
    <message>
        <source>Where that does not work, give a key this command:</source>
        <translation>如果快捷键不起作用，请给某个键设置这条命令：</translation>
    </message>
    <message>
        <source>How</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>What you had copied is put back afterwards.</source>
        <translation>之后会恢复你原来复制的内容。</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时机</translation>
    </message>
    <message>
        <source>Afterwards</source>
        <translation>之后加上</translation>
    </message>
    <message>
        <source>Single programs</source>
        <translation>个别程序</translation>
    </message>
    <message>
        <source>Programs that you have dictated into are offered. Terminals are known.</source>
        <translation>列出你听写过的程序。终端会自动识别。</translation>
    </message>
    <message>
        <source>All together at the end</source>
        <translation>结束时一次输入</translation>
    </message>
    <message>
        <source>Each sentence at once</source>
        <translation>每句话立即输入</translation>
    </message>
    <message>
        <source>A space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>不加</translation>
    </message>
    <message>
        <source>A new line</source>
        <translation>换行</translation>
    </message>
</context>
<context>
    <name>ErrorPanel</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Choose a model…</source>
        <translation>选择模型…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>查找文件…</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Details of the error</source>
        <translation>错误详情</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export {n} transcripts</source>
        <translation>导出 {n} 份文稿</translation>
    </message>
    <message>
        <source>Export “{title}”</source>
        <translation>导出“{title}”</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Preview of the file</source>
        <translation>文件预览</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>This file name cannot be used: {reason}.</source>
        <translation>不能使用这个文件名：{reason}。</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在写入…</translation>
    </message>
    <message>
        <source>Stopped. {n} files were written.</source>
        <translation>已停止。写入了 {n} 个文件。</translation>
    </message>
    <message>
        <source>It did not work: {reason}</source>
        <translation>没有成功：{reason}</translation>
    </message>
    <message>
        <source>Stopped. Nothing was written.</source>
        <translation>已停止，没有写入任何文件。</translation>
    </message>
    <message>
        <source>Will be written as {name} in {folder}.</source>
        <translation>将写入 {folder}，文件名为 {name}。</translation>
    </message>
    <message>
        <source>The name is taken, so it gets a number.</source>
        <translation>文件名已存在，将加上编号。</translation>
    </message>
    <message>
        <source>{n} files will be written; the first is {name}.</source>
        <translation>将写入 {n} 个文件，第一个是 {name}。</translation>
    </message>
    <message>
        <source>{n} names are taken and get a number.</source>
        <translation>{n} 个文件名已存在，将加上编号。</translation>
    </message>
    <message>
        <source>{written} files were written, {failed} were not.</source>
        <translation>写入了 {written} 个文件，{failed} 个失败。</translation>
    </message>
</context>
<context>
    <name>ExportForm</name>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>File name</source>
        <translation>文件名</translation>
    </message>
    <message>
        <source>Beside each recording</source>
        <translation>与录音放在一起</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>You may use {fields}</source>
        <translation>可以使用 {fields}</translation>
    </message>
    <message>
        <source>Write the time before each line</source>
        <translation>在每行前写出时间</translation>
    </message>
    <message>
        <source>Begin with title, language, length and date</source>
        <translation>开头写出标题、语言、时长和日期</translation>
    </message>
    <message>
        <source>Made for Excel</source>
        <translation>适用于 Excel</translation>
    </message>
    <message>
        <source>Export into</source>
        <translation>导出到</translation>
    </message>
    <message>
        <source>Text (.txt)</source>
        <translation>文本 (.txt)</translation>
    </message>
    <message>
        <source>Markdown (.md)</source>
        <translation>Markdown (.md)</translation>
    </message>
    <message>
        <source>Subtitles (.srt)</source>
        <translation>字幕 (.srt)</translation>
    </message>
    <message>
        <source>Web subtitles (.vtt)</source>
        <translation>网页字幕 (.vtt)</translation>
    </message>
    <message>
        <source>JSON, for programs (.json)</source>
        <translation>JSON，供程序使用 (.json)</translation>
    </message>
    <message>
        <source>Table (.csv)</source>
        <translation>表格 (.csv)</translation>
    </message>
    <message>
        <source>Web page (.html)</source>
        <translation>网页 (.html)</translation>
    </message>
    <message>
        <source>Word (.docx)</source>
        <translation>Word (.docx)</translation>
    </message>
</context>
<context>
    <name>Favourites</name>
    <message>
        <source>Favourite languages</source>
        <translation>常用语言</translation>
    </message>
    <message>
        <source>Add a favourite language</source>
        <translation>添加常用语言</translation>
    </message>
    <message>
        <source>Add a language…</source>
        <translation>添加语言…</translation>
    </message>
</context>
<context>
    <name>FileIntake</name>
    <message>
        <source>Songshu works offline and opens no web addresses. Save the file first.</source>
        <translation>松鼠完全离线工作，不打开网址。请先把文件保存下来。</translation>
    </message>
    <message>
        <source>There was no file in that.</source>
        <translation>里面没有文件。</translation>
    </message>
</context>
<context>
    <name>FilesPage</name>
    <message>
        <source>Exported texts</source>
        <translation>导出的文本</translation>
    </message>
    <message>
        <source>Write the time before each line</source>
        <translation>在每行前写出时间</translation>
    </message>
    <message>
        <source>Subtitles</source>
        <translation>字幕</translation>
    </message>
    <message>
        <source>Back to the usual rules</source>
        <translation>恢复默认规则</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>{number} of {total}</source>
        <translation>第 {number} 处，共 {total} 处</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find in this transcript</source>
        <translation>在这份文稿中查找</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>替换为</translation>
    </message>
    <message>
        <source>Previous place</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next place</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Close the search</source>
        <translation>关闭查找</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>全部替换</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Closing the window</source>
        <translation>关闭窗口时</translation>
    </message>
    <message>
        <source>In the tray your shortcuts go on working. Without a tray, Songshu ends.</source>
        <translation>留在托盘里时，快捷键继续有效。没有托盘时，松鼠退出。</translation>
    </message>
    <message>
        <source>Playing</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Keep the line that is playing in view</source>
        <translation>自动滚动到正在播放的行</translation>
    </message>
    <message>
        <source>Skip silence</source>
        <translation>跳过静音</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Show the tour again</source>
        <translation>再看一次导览</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Small</source>
        <translation>小</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>Large</source>
        <translation>大</translation>
    </message>
    <message>
        <source>Ask me</source>
        <translation>询问我</translation>
    </message>
    <message>
        <source>Keep Songshu in the tray</source>
        <translation>让松鼠留在托盘里</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>HotWords</name>
    <message>
        <source>1 term</source>
        <translation>1 个词</translation>
    </message>
    <message>
        <source>{n} terms</source>
        <translation>{n} 个词</translation>
    </message>
    <message>
        <source>{n} more are too many</source>
        <translation>多出 {n} 个</translation>
    </message>
    <message>
        <source>too long: {text}…</source>
        <translation>太长：{text}…</translation>
    </message>
    <message>
        <source>Words that the model should know</source>
        <translation>希望模型认识的词</translation>
    </message>
</context>
<context>
    <name>IdlePage</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Drop audio, video or folders here</source>
        <translation>把音频、视频或文件夹拖到这里</translation>
    </message>
    <message>
        <source>or</source>
        <translation>或</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Songshu needs a model first</source>
        <translation>松鼠需要先有一个模型</translation>
    </message>
    <message>
        <source>It is a folder or a file that understands speech.</source>
        <translation>模型是一个能听懂语音的文件夹或文件。</translation>
    </message>
    <message>
        <source>Choose a model…</source>
        <translation>选择模型…</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录音</translation>
    </message>
    <message>
        <source>Record the microphone (Ctrl+R)</source>
        <translation>用麦克风录音 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Everything stays on this computer.</source>
        <translation>所有内容都只留在这台电脑上。</translation>
    </message>
    <message>
        <source>Try the sample</source>
        <translation>试试示例</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Language of the recording</source>
        <translation>录音的语言</translation>
    </message>
</context>
<context>
    <name>ItemActions</name>
    <message>
        <source>It waits for a model.</source>
        <translation>正在等待模型。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>Recognise again</source>
        <translation>重新识别</translation>
    </message>
    <message>
        <source>Stopped. The text is as it was.</source>
        <translation>已停止，文字保持原样。</translation>
    </message>
    <message>
        <source>Stopped. What was recognised is kept.</source>
        <translation>已停止。已识别的内容都保留了。</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>{n} deleted</source>
        <translation>已删除 {n} 项</translation>
    </message>
</context>
<context>
    <name>LineList</name>
    <message>
        <source>Lines of the transcript</source>
        <translation>文稿的各行</translation>
    </message>
    <message>
        <source>↓ Latest</source>
        <translation>↓ 最新</translation>
    </message>
    <message>
        <source>Go to the newest text</source>
        <translation>跳到最新的文字</translation>
    </message>
</context>
<context>
    <name>LinesDelegate</name>
    <message>
        <source>Text of the line</source>
        <translation>这一行的文字</translation>
    </message>
</context>
<context>
    <name>ListButtons</name>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>Locator</name>
    <message>
        <source>The recording was found.</source>
        <translation>已找到录音。</translation>
    </message>
    <message>
        <source>The recording was found, and {n} more beside it.</source>
        <translation>已找到录音，旁边还找到另外 {n} 个。</translation>
    </message>
    <message>
        <source>Audio and video</source>
        <translation>音频和视频</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Where is {name}?</source>
        <translation>{name} 在哪里？</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>What was recognised is here; recognition goes on by itself.</source>
        <translation>已识别的内容都在，识别会自动继续。</translation>
    </message>
    <message>
        <source>Audio and video</source>
        <translation>音频和视频</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Choose files</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Jobs and transcripts</source>
        <translation>任务与文稿</translation>
    </message>
    <message>
        <source>Open page</source>
        <translation>当前页面</translation>
    </message>
</context>
<context>
    <name>MicrophoneChoice</name>
    <message>
        <source>The system&apos;s microphone</source>
        <translation>系统默认麦克风</translation>
    </message>
    <message>
        <source>{name} (not connected)</source>
        <translation>{name}（未连接）</translation>
    </message>
</context>
<context>
    <name>ModelInUse</name>
    <message>
        <source>The files stay in the list and start as soon as a model works.</source>
        <translation>文件留在列表里，模型可用后会自动开始。</translation>
    </message>
</context>
<context>
    <name>ModelsHeader</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>A model turns speech into text, here on this computer.</source>
        <translation>模型在这台电脑上把语音变成文字。</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>From a file or zip…</source>
        <translation>从文件或 zip…</translation>
    </message>
    <message>
        <source>Copy a folder…</source>
        <translation>复制文件夹…</translation>
    </message>
    <message>
        <source>Use a folder where it is…</source>
        <translation>使用原处的文件夹…</translation>
    </message>
    <message>
        <source>There is no model yet, so nothing can be recognised.</source>
        <translation>还没有模型，所以无法识别。</translation>
    </message>
    <message>
        <source>Drop a model here: its folder, its zip or its .songshu file.</source>
        <translation>把模型拖到这里：文件夹、zip 或 .songshu 文件。</translation>
    </message>
    <message>
        <source>Get one from whoever gave you Songshu.</source>
        <translation>请向提供松鼠的人索取模型。</translation>
    </message>
    <message>
        <source>The chosen model cannot be used: {path}. Choose another one.</source>
        <translation>所选模型不能使用：{path}。请选择另一个。</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>There is no model in {folder}. A model&apos;s folder holds manifest.json.</source>
        <translation>{folder} 里没有模型。模型文件夹里应有 manifest.json。</translation>
    </message>
    <message>
        <source>Models (*.songshu *.zip)</source>
        <translation>模型 (*.songshu *.zip)</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Copy a model&apos;s folder</source>
        <translation>复制模型文件夹</translation>
    </message>
    <message>
        <source>Use a folder where it is</source>
        <translation>使用原处的文件夹</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>这台电脑上的模型</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} 已就绪。</translation>
    </message>
</context>
<context>
    <name>PackActions</name>
    <message>
        <source>Copying {name}…</source>
        <translation>正在复制 {name}…</translation>
    </message>
    <message>
        <source>Verifying…</source>
        <translation>正在校验…</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>正在测速…</translation>
    </message>
    <message>
        <source>Removing…</source>
        <translation>正在移除…</translation>
    </message>
    <message>
        <source>Every file is intact.</source>
        <translation>所有文件完好。</translation>
    </message>
    <message>
        <source>Measured: {speed}.</source>
        <translation>测得：{speed}。</translation>
    </message>
    <message>
        <source>The model was removed.</source>
        <translation>模型已移除。</translation>
    </message>
</context>
<context>
    <name>PackCard</name>
    <message>
        <source>Use the model {name}</source>
        <translation>使用模型 {name}</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Verify the model {name}</source>
        <translation>校验模型 {name}</translation>
    </message>
    <message>
        <source>Compare every file with its checksum</source>
        <translation>逐个核对文件的校验和</translation>
    </message>
    <message>
        <source>Measure speed</source>
        <translation>测速</translation>
    </message>
    <message>
        <source>Measure the speed of {name}</source>
        <translation>测量 {name} 的速度</translation>
    </message>
    <message>
        <source>Recognise a sample of 5 seconds</source>
        <translation>识别一段 5 秒的示例</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Take {name} off the list</source>
        <translation>从列表中去掉 {name}</translation>
    </message>
    <message>
        <source>Remove {name} ({size}) from this computer?</source>
        <translation>要从这台电脑移除 {name}（{size}）吗？</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>comes with Songshu</source>
        <translation>随松鼠附带</translation>
    </message>
    <message>
        <source>beside the program</source>
        <translation>在程序旁边</translation>
    </message>
    <message>
        <source>in your models folder</source>
        <translation>在你的模型文件夹里</translation>
    </message>
    <message>
        <source>encoder {encoder}, decoder {decoder}</source>
        <translation>编码器 {encoder}，解码器 {decoder}</translation>
    </message>
    <message>
        <source>{n} languages ({first} …)</source>
        <translation>{n} 种语言（{first} 等）</translation>
    </message>
    <message>
        <source>Quality not measured</source>
        <translation>质量未测量</translation>
    </message>
    <message>
        <source>Only for trying the program: it understands hardly a word</source>
        <translation>仅供试用：几乎听不懂</translation>
    </message>
    <message>
        <source>{right} of 100 words right, measured on {n} clips</source>
        <translation>每 100 个词约对 {right} 个（{n} 段录音测得）</translation>
    </message>
    <message>
        <source>{speed} on this computer</source>
        <translation>本机速度 {speed}</translation>
    </message>
    <message>
        <source>speed not measured yet</source>
        <translation>速度未测量</translation>
    </message>
    <message>
        <source>It cannot be used: {problem}</source>
        <translation>不能使用：{problem}</translation>
    </message>
    <message>
        <source>Weak in {languages}: every third word or more is wrong. The larger 1.7B model is better there.</source>
        <translation>{languages} 较弱：每三个词就可能错一个。更大的 1.7B 模型在这些语言上更好。</translation>
    </message>
    <message>
        <source>Made as small as can be, with an encoder of 4 bits: it makes more mistakes, and may repeat itself in long recordings.</source>
        <translation>体积最小，编码器只有 4 位：错误更多，长录音中可能会重复。</translation>
    </message>
</context>
<context>
    <name>PackJobs</name>
    <message>
        <source>Stopped. Nothing was changed.</source>
        <translation>已停止，没有任何改动。</translation>
    </message>
</context>
<context>
    <name>Pill</name>
    <message>
        <source>Dictation</source>
        <translation>听写</translation>
    </message>
    <message>
        <source>Cancel dictation</source>
        <translation>取消听写</translation>
    </message>
    <message>
        <source>Stop and insert</source>
        <translation>停止并输入</translation>
    </message>
    <message>
        <source>Level of the microphone</source>
        <translation>麦克风音量</translation>
    </message>
</context>
<context>
    <name>PlayerBar</name>
    <message>
        <source>Player</source>
        <translation>播放器</translation>
    </message>
    <message>
        <source>The transcript is not touched.</source>
        <translation>文稿不受影响。</translation>
    </message>
</context>
<context>
    <name>PlayerControls</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>{name} (Space)</source>
        <translation>{name}（空格）</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Speed; the pitch stays</source>
        <translation>速度（音调不变）</translation>
    </message>
    <message>
        <source>Repeat the line</source>
        <translation>重复这一行</translation>
    </message>
    <message>
        <source>Repeat the line (Ctrl+L)</source>
        <translation>重复这一行 (Ctrl+L)</translation>
    </message>
    <message>
        <source>Skip silence</source>
        <translation>跳过静音</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Keep the line that is heard in view</source>
        <translation>自动滚动到正在播放的行</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>静音</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
</context>
<context>
    <name>PlayerKeys</name>
    <message>
        <source>Play or pause</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>Repeat the line</source>
        <translation>重复这一行</translation>
    </message>
    <message>
        <source>5 seconds back</source>
        <translation>后退 5 秒</translation>
    </message>
    <message>
        <source>5 seconds forward</source>
        <translation>前进 5 秒</translation>
    </message>
</context>
<context>
    <name>ProgramWays</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Name of a program</source>
        <translation>程序名称</translation>
    </message>
    <message>
        <source>Way for {program}</source>
        <translation>{program} 的方式</translation>
    </message>
    <message>
        <source>Remove {program}</source>
        <translation>移除 {program}</translation>
    </message>
</context>
<context>
    <name>RecognitionPage</name>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>词语</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>电脑</translation>
    </message>
    <message>
        <source>Recordings are in</source>
        <translation>录音的语言</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>常用</translation>
    </message>
    <message>
        <source>They stand first in every list.</source>
        <translation>在所有列表中排在最前。</translation>
    </message>
    <message>
        <source>Test devices again</source>
        <translation>重新测试设备</translation>
    </message>
    <message>
        <source>The present model does not read this. Names and terms below help it.</source>
        <translation>当前模型不读这段背景；下面的人名和术语对它有帮助。</translation>
    </message>
    <message>
        <source>What it is about</source>
        <translation>内容背景</translation>
    </message>
    <message>
        <source>A sentence or two help the model to understand names and topics.</source>
        <translation>写一两句话，帮助模型理解人名和主题。</translation>
    </message>
    <message>
        <source>Names and terms</source>
        <translation>人名和术语</translation>
    </message>
    <message>
        <source>One in each line. The model listens for them.</source>
        <translation>每行一个，模型会留意它们。</translation>
    </message>
    <message>
        <source>Replacements</source>
        <translation>替换规则</translation>
    </message>
    <message>
        <source>Always applied to the finished text.</source>
        <translation>总是用于识别完成的文字。</translation>
    </message>
    <message>
        <source>Write spoken numbers in digits</source>
        <translation>把口述的数字写成阿拉伯数字</translation>
    </message>
    <message>
        <source>Write nothing where nobody speaks</source>
        <translation>没有人说话的地方不写文字</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>Automatic is {n} here.</source>
        <translation>自动为 {n}。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行于</translation>
    </message>
</context>
<context>
    <name>RecordBar</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop recognising</source>
        <translation>停止识别</translation>
    </message>
    <message>
        <source>{name} (Esc)</source>
        <translation>{name}（Esc）</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>The system&apos;s microphone</source>
        <translation>系统默认麦克风</translation>
    </message>
    <message>
        <source>What the computer plays</source>
        <translation>电脑播放的声音</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>录音</translation>
    </message>
    <message>
        <source>Level of the microphone</source>
        <translation>麦克风音量</translation>
    </message>
    <message>
        <source>Recorded so far</source>
        <translation>已录时长</translation>
    </message>
    <message>
        <source>Choose the microphone</source>
        <translation>选择麦克风</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop; everything is recognised to its end (Ctrl+R)</source>
        <translation>停止；已录内容会全部识别完 (Ctrl+R)</translation>
    </message>
</context>
<context>
    <name>Replacements</name>
    <message>
        <source>Replacements</source>
        <translation>替换规则</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add a replacement</source>
        <translation>添加替换规则</translation>
    </message>
    <message>
        <source>Try it</source>
        <translation>试一试</translation>
    </message>
    <message>
        <source>Type a sentence to see what becomes of it</source>
        <translation>输入一句话，看看结果</translation>
    </message>
    <message>
        <source>A sentence to try the replacements</source>
        <translation>用来试验替换规则的句子</translation>
    </message>
    <message>
        <source>Result: {text}</source>
        <translation>结果：{text}</translation>
    </message>
    <message>
        <source>Row {number} is not used: {reason}.</source>
        <translation>第 {number} 行未使用：{reason}。</translation>
    </message>
</context>
<context>
    <name>RulesTable</name>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Put instead</source>
        <translation>替换成</translation>
    </message>
    <message>
        <source>Find it as</source>
        <translation>查找方式</translation>
    </message>
    <message>
        <source>Whole words</source>
        <translation>整词</translation>
    </message>
    <message>
        <source>Exactly so</source>
        <translation>完全一致</translation>
    </message>
    <message>
        <source>Pattern</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>Pattern, aA alike</source>
        <translation>正则表达式，不分大小写</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Empty the field</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>设置的各页</translation>
    </message>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Recognition</source>
        <translation>识别</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Dictation</source>
        <translation>听写</translation>
    </message>
    <message>
        <source>Subtitles and files</source>
        <translation>字幕与文件</translation>
    </message>
    <message>
        <source>Privacy and storage</source>
        <translation>隐私与存储</translation>
    </message>
    <message>
        <source>Reset to defaults…</source>
        <translation>恢复默认设置…</translation>
    </message>
    <message>
        <source>About Songshu…</source>
        <translation>关于松鼠…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Go back to the defaults? Your words, replacements and model stay.</source>
        <translation>恢复默认设置吗？词语、替换规则和模型会保留。</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>不恢复</translation>
    </message>
    <message>
        <source>This change is in force, but could not be kept: {reason}</source>
        <translation>改动已生效，但无法保存：{reason}</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Add files (Ctrl+N)</source>
        <translation>添加文件 (Ctrl+N)</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search in all transcripts</source>
        <translation>在所有文稿中搜索</translation>
    </message>
    <message>
        <source>Jobs and transcripts</source>
        <translation>任务与文稿</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Nothing found.</source>
        <translation>没有找到。</translation>
    </message>
    <message>
        <source>Your transcripts will be here.</source>
        <translation>文稿会显示在这里。</translation>
    </message>
</context>
<context>
    <name>SidebarDelegate</name>
    <message>
        <source>New title</source>
        <translation>新标题</translation>
    </message>
</context>
<context>
    <name>SidebarMenu</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Continue from where it stopped</source>
        <translation>从停下的地方继续</translation>
    </message>
    <message>
        <source>Recognise again…</source>
        <translation>重新识别…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>Speech</name>
    <message>
        <source>A recording that was cut off is saved: {title}.</source>
        <translation>已保存中断的录音：{title}。</translation>
    </message>
    <message>
        <source>{n} recordings that were cut off are saved.</source>
        <translation>已保存 {n} 段中断的录音。</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Recognising</source>
        <translation>正在识别</translation>
    </message>
    <message>
        <source>The model cannot be used</source>
        <translation>模型不能使用</translation>
    </message>
    <message>
        <source>Testing {name}…</source>
        <translation>正在测试 {name}…</translation>
    </message>
    <message>
        <source>without {name}</source>
        <translation>未使用 {name}</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>1 in the queue</source>
        <translation>队列中 1 个</translation>
    </message>
    <message>
        <source>{n} in the queue</source>
        <translation>队列中 {n} 个</translation>
    </message>
</context>
<context>
    <name>Stepper</name>
    <message>
        <source>Less</source>
        <translation>减少</translation>
    </message>
    <message>
        <source>More</source>
        <translation>增加</translation>
    </message>
</context>
<context>
    <name>StoragePage</name>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Everything stays on this computer. Songshu never uses the network.</source>
        <translation>所有内容都只留在这台电脑上。松鼠从不使用网络。</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Keep transcripts</source>
        <translation>保留文稿</translation>
    </message>
    <message>
        <source>What is older is deleted at the next start.</source>
        <translation>更早的文稿会在下次启动时删除。</translation>
    </message>
    <message>
        <source>Delete the whole history…</source>
        <translation>删除全部历史记录…</translation>
    </message>
    <message>
        <source>Where it lies</source>
        <translation>存放位置</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>This is a portable copy: everything lies beside the program.</source>
        <translation>这是便携版：所有内容都放在程序旁边。</translation>
    </message>
    <message>
        <source>For a portable copy, put an empty file named “portable” beside the program: then everything is kept there.</source>
        <translation>如需便携版，请在程序旁边放一个名为“portable”的空文件，之后所有内容都存放在那里。</translation>
    </message>
    <message>
        <source>For ever</source>
        <translation>永久</translation>
    </message>
    <message>
        <source>One week</source>
        <translation>一周</translation>
    </message>
    <message>
        <source>One month</source>
        <translation>一个月</translation>
    </message>
    <message>
        <source>Three months</source>
        <translation>三个月</translation>
    </message>
    <message>
        <source>One year</source>
        <translation>一年</translation>
    </message>
    <message>
        <source>Delete {n} transcripts for good? This cannot be undone. Your files are not touched; what you recorded with Songshu goes too.</source>
        <translation>要彻底删除 {n} 份文稿吗？此操作无法撤销。你的文件不受影响，用松鼠录的音会一并删除。</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>彻底删除</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>正在删除…</translation>
    </message>
    <message>
        <source>The history was deleted for good.</source>
        <translation>历史记录已彻底删除。</translation>
    </message>
    <message>
        <source>The history could not be deleted: {reason}</source>
        <translation>无法删除历史记录：{reason}</translation>
    </message>
    <message>
        <source>{n} transcripts, {size}</source>
        <translation>{n} 份文稿，{size}</translation>
    </message>
    <message>
        <source>{text}. Finish or cancel what is in the queue to delete all.</source>
        <translation>{text}。请先完成或取消队列中的任务，再删除全部。</translation>
    </message>
</context>
<context>
    <name>TaskRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Drop a recording anywhere in this window, and its words appear. Shall we show it with a sample?</source>
        <translation>把录音拖到窗口的任何地方，文字就会出现。要用一段示例演示一下吗？</translation>
    </message>
    <message>
        <source>The words come while they are recognised; the last ones may still change.</source>
        <translation>文字边识别边出现，最后几个词可能还会变化。</translation>
    </message>
    <message>
        <source>Click a word to hear it. Press Enter, or click twice, to correct a line.</source>
        <translation>点一下某个词就能听到它。按回车键或双击可以修改这一行。</translation>
    </message>
    <message>
        <source>Export it here. It stays in the list at the left, and only on this computer.</source>
        <translation>在这里导出。文稿会留在左边的列表里，而且只在这台电脑上。</translation>
    </message>
    <message>
        <source>Show the sample</source>
        <translation>演示示例</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>{n} of {total}</source>
        <translation>第 {n} 步，共 {total} 步</translation>
    </message>
</context>
<context>
    <name>TranscriptEditor</name>
    <message>
        <source>Correct</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Restore the original</source>
        <translation>恢复原文</translation>
    </message>
    <message>
        <source>Merge lines</source>
        <translation>合并行</translation>
    </message>
    <message>
        <source>Split the line</source>
        <translation>拆分行</translation>
    </message>
    <message>
        <source>Move the start</source>
        <translation>移动起点</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>全部替换</translation>
    </message>
</context>
<context>
    <name>TranscriptPage</name>
    <message>
        <source>Recognise it anyway</source>
        <translation>仍然识别</translation>
    </message>
    <message>
        <source>It is being recognised again. This is the text from before until then.</source>
        <translation>正在重新识别。在完成之前，这里显示的是原来的文字。</translation>
    </message>
    <message>
        <source>The text up to {time} is kept.</source>
        <translation>{time} 之前的文字已保留。</translation>
    </message>
    <message>
        <source>Waiting for its turn.</source>
        <translation>正在排队。</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>正在听…</translation>
    </message>
    <message>
        <source>Paused before the first words.</source>
        <translation>在识别出文字之前已暂停。</translation>
    </message>
    <message>
        <source>Stopped before the first words.</source>
        <translation>在识别出文字之前已停止。</translation>
    </message>
    <message>
        <source>Nobody seems to speak in this recording.</source>
        <translation>这段录音里似乎没有人说话。</translation>
    </message>
</context>
<context>
    <name>TranscriptToolbar</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy with times</source>
        <translation>带时间复制</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Edit the line</source>
        <translation>编辑这一行</translation>
    </message>
    <message>
        <source>Merge with the next line</source>
        <translation>与下一行合并</translation>
    </message>
    <message>
        <source>Split while editing: Ctrl+Enter</source>
        <translation>编辑时按 Ctrl+Enter 拆分</translation>
    </message>
    <message>
        <source>Start half a second earlier</source>
        <translation>起点提前半秒</translation>
    </message>
    <message>
        <source>Start half a second later</source>
        <translation>起点推后半秒</translation>
    </message>
    <message>
        <source>Restore the original text</source>
        <translation>恢复识别原文</translation>
    </message>
    <message>
        <source>Recognise the line again…</source>
        <translation>重新识别这一行…</translation>
    </message>
    <message>
        <source>Recognise the file again…</source>
        <translation>重新识别整个文件…</translation>
    </message>
    <message>
        <source>Show times</source>
        <translation>显示时间</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Correct, merge and split lines</source>
        <translation>修改、合并和拆分行</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Stop and insert</source>
        <translation>停止并输入</translation>
    </message>
    <message>
        <source>Start dictation</source>
        <translation>开始听写</translation>
    </message>
    <message>
        <source>Cancel dictation</source>
        <translation>取消听写</translation>
    </message>
    <message>
        <source>Insert the last text again</source>
        <translation>再次输入上一段文字</translation>
    </message>
    <message>
        <source>Open Songshu</source>
        <translation>打开松鼠</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>More…</source>
        <translation>更多…</translation>
    </message>
</context>
<context>
    <name>WaveformView</name>
    <message>
        <source>Position in the recording</source>
        <translation>录音中的位置</translation>
    </message>
    <message>
        <source>{at} of {whole}</source>
        <translation>{at}，共 {whole}</translation>
    </message>
</context>
<context>
    <name>WindowRecording</name>
    <message>
        <source>Cancelled. The recording is kept in the list.</source>
        <translation>已取消，录音保留在列表中。</translation>
    </message>
    <message>
        <source>It is recorded, and recognised later.</source>
        <translation>录音会保留，稍后识别。</translation>
    </message>
    <message>
        <source>The next recording uses it.</source>
        <translation>下次录音时使用。</translation>
    </message>
</context>
<context>
    <name>application</name>
    <message>
        <source>Your folder cannot be written, so texts are kept only until Songshu is closed. Export what you need.</source>
        <translation>您的文件夹无法写入，文字只保留到松鼠关闭为止。需要的内容请先导出。</translation>
    </message>
    <message>
        <source>Songshu cannot open its data folder.</source>
        <translation>松鼠无法打开数据文件夹。</translation>
    </message>
</context>
<context>
    <name>dictation</name>
    <message>
        <source>No words were heard.</source>
        <translation>没有听到话语。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>The text is on the clipboard: press Ctrl+V.</source>
        <translation>文字在剪贴板里：请按 Ctrl+V。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>Nothing was dictated yet.</source>
        <translation>还没有听写过。</translation>
    </message>
    <message>
        <source>Dictation did not work.</source>
        <translation>听写没有成功。</translation>
    </message>
    <message>
        <source>Ready to dictate</source>
        <translation>可以听写</translation>
    </message>
    <message>
        <source>Listening</source>
        <translation>正在听</translation>
    </message>
    <message>
        <source>Recognising…</source>
        <translation>正在识别…</translation>
    </message>
    <message>
        <source>Inserting…</source>
        <translation>正在输入…</translation>
    </message>
</context>
<context>
    <name>export_labels</name>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>: </source>
        <translation>：</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>languages</name>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英语</translation>
    </message>
    <message>
        <source>Cantonese</source>
        <translation>粤语</translation>
    </message>
    <message>
        <source>Arabic</source>
        <translation>阿拉伯语</translation>
    </message>
    <message>
        <source>German</source>
        <translation>德语</translation>
    </message>
    <message>
        <source>French</source>
        <translation>法语</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>西班牙语</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>葡萄牙语</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>印尼语</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>意大利语</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>韩语</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>俄语</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>泰语</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>越南语</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>日语</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>土耳其语</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>印地语</translation>
    </message>
    <message>
        <source>Malay</source>
        <translation>马来语</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>荷兰语</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>瑞典语</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>丹麦语</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>芬兰语</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>波兰语</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>捷克语</translation>
    </message>
    <message>
        <source>Filipino</source>
        <translation>菲律宾语</translation>
    </message>
    <message>
        <source>Persian</source>
        <translation>波斯语</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>希腊语</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>匈牙利语</translation>
    </message>
    <message>
        <source>Macedonian</source>
        <translation>马其顿语</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>罗马尼亚语</translation>
    </message>
</context>
<context>
    <name>pack_jobs</name>
    <message>
        <source>There is no room: it needs {needed}, {free} are free.</source>
        <translation>空间不足：需要 {needed}，剩余 {free}。</translation>
    </message>
    <message>
        <source>It is no longer there.</source>
        <translation>它已经不在那里了。</translation>
    </message>
    <message>
        <source>This is no model that this Songshu can use. Nothing was copied.</source>
        <translation>这不是当前松鼠可以使用的模型，没有复制任何内容。</translation>
    </message>
    <message>
        <source>It is damaged. Get it again from where it came.</source>
        <translation>模型已损坏，请重新获取。</translation>
    </message>
    <message>
        <source>Copying failed, nothing was left behind. Is the disk connected?</source>
        <translation>复制失败，没有留下残余文件。磁盘是否已连接？</translation>
    </message>
    <message>
        <source>It could not be removed. Close what uses it, then try again.</source>
        <translation>无法移除。请关闭正在使用它的程序后重试。</translation>
    </message>
    <message>
        <source>It did not work.</source>
        <translation>没有成功。</translation>
    </message>
</context>
<context>
    <name>recording</name>
    <message>
        <source>The microphone is silent. Is it muted?</source>
        <translation>麦克风没有声音，是否静音了？</translation>
    </message>
    <message>
        <source>Hardly anything is to be heard.</source>
        <translation>几乎听不到声音。</translation>
    </message>
    <message>
        <source>The microphone is gone. Connect one to go on.</source>
        <translation>麦克风已断开，请连接一个以继续。</translation>
    </message>
    <message>
        <source>The microphone is gone. Now recording: {name}.</source>
        <translation>麦克风已断开，现在使用：{name}。</translation>
    </message>
    <message>
        <source>Now recording: {name}.</source>
        <translation>现在使用：{name}。</translation>
    </message>
    <message>
        <source>The disk is full. Make room: nothing is lost yet.</source>
        <translation>磁盘已满，请腾出空间：目前没有丢失。</translation>
    </message>
    <message>
        <source>The computer was too busy: some sound is missing.</source>
        <translation>电脑太忙，缺失了一些声音。</translation>
    </message>
    <message>
        <source>The disk stayed full: the last {time} are lost.</source>
        <translation>磁盘一直是满的，最后 {time} 已丢失。</translation>
    </message>
    <message>
        <source>Songshu is recording already. Stop that recording first.</source>
        <translation>松鼠正在录音，请先停止那段录音。</translation>
    </message>
    <message>
        <source>There is no microphone. Connect one and try again.</source>
        <translation>没有麦克风，请连接后重试。</translation>
    </message>
    <message>
        <source>The disk is full. What was recorded is kept.</source>
        <translation>磁盘已满，已录的内容都保留了。</translation>
    </message>
    <message>
        <source>The recording cannot be written. Is its disk connected?</source>
        <translation>无法写入录音。磁盘是否已连接？</translation>
    </message>
    <message>
        <source>The microphone cannot be used. Choose another one.</source>
        <translation>麦克风不能使用，请选择另一个。</translation>
    </message>
    <message>
        <source>Catching up {n} s</source>
        <translation>还差 {n} 秒</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Preparing the microphone…</source>
        <translation>正在准备麦克风…</translation>
    </message>
    <message>
        <source>The model is being loaded. Your speech is being saved.</source>
        <translation>正在加载模型。你的话正在保存。</translation>
    </message>
    <message>
        <source>Saved. The model is being loaded.</source>
        <translation>已保存。正在加载模型。</translation>
    </message>
    <message>
        <source>Recognition does not get on. Your speech is saved.</source>
        <translation>识别没有进展。你的话已保存。</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在写入…</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>正在听…</translation>
    </message>
</context>
<context>
    <name>trouble</name>
    <message>
        <source>{name} cannot be written ({reason}). Try another folder.</source>
        <translation>无法写入 {name}（{reason}）。请换一个文件夹。</translation>
    </message>
    <message>
        <source>Another program has {chord}. Choose another shortcut.</source>
        <translation>{chord} 已被其他程序占用。请换一个快捷键。</translation>
    </message>
    <message>
        <source>{chord} cannot be a shortcut here. Choose another one.</source>
        <translation>{chord} 在这里不能用作快捷键。请换一个。</translation>
    </message>
    <message>
        <source>Shortcuts do not work here. In the settings of your desktop, give a key the command “Songshu --toggle”.</source>
        <translation>快捷键在这里不可用。请在桌面设置中为某个按键绑定命令“Songshu --toggle”。</translation>
    </message>
    <message>
        <source>The text could not be typed. It is on the clipboard.</source>
        <translation>无法输入文字，内容已在剪贴板上。</translation>
    </message>
    <message>
        <source>That was not possible. Add Songshu in the settings of your system.</source>
        <translation>未能更改。请在系统设置中添加松鼠。</translation>
    </message>
    <message>
        <source>Dictation did not work.</source>
        <translation>听写没有成功。</translation>
    </message>
    <message>
        <source>The disk is full. Make room and try again.</source>
        <translation>磁盘已满。请腾出空间后重试。</translation>
    </message>
    <message>
        <source>{path} cannot be written. Make it writable.</source>
        <translation>无法写入 {path}。请改为可写。</translation>
    </message>
    <message>
        <source>Another program holds the history. Close programs that back up or sync, then try again.</source>
        <translation>历史记录被其他程序占用。请关闭备份或同步程序后重试。</translation>
    </message>
    <message>
        <source>The history is damaged. Start Songshu again: it is put aside, a new one begins.</source>
        <translation>历史记录已损坏。请重新启动松鼠：它会被另行保存，并新建一份。</translation>
    </message>
    <message>
        <source>A newer Songshu has written the history. Use that one.</source>
        <translation>历史记录由更新版本的松鼠写入。请使用该版本。</translation>
    </message>
    <message>
        <source>It was deleted meanwhile.</source>
        <translation>它已被删除。</translation>
    </message>
    <message>
        <source>The history cannot be read or written. Is the disk connected?</source>
        <translation>无法读写历史记录。磁盘是否已连接？</translation>
    </message>
</context>
<context>
    <name>ways</name>
    <message>
        <source>Paste (Ctrl+V)</source>
        <translation>粘贴 (Ctrl+V)</translation>
    </message>
    <message>
        <source>Paste (Shift+Insert)</source>
        <translation>粘贴 (Shift+Insert)</translation>
    </message>
    <message>
        <source>Type key by key</source>
        <translation>逐字键入</translation>
    </message>
    <message>
        <source>Only copy</source>
        <translation>只复制</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>{name} added</source>
        <translation>已添加 {name}</translation>
    </message>
    <message>
        <source>{n} files added</source>
        <translation>已添加 {n} 个文件</translation>
    </message>
    <message>
        <source>{name} was recognised before</source>
        <translation>{name} 之前已识别过</translation>
    </message>
    <message>
        <source>{n} were recognised before</source>
        <translation>{n} 个之前已识别过</translation>
    </message>
    <message>
        <source>{n} already in the list</source>
        <translation>{n} 个已在列表中</translation>
    </message>
    <message>
        <source>{name} is no recording</source>
        <translation>{name} 不是录音</translation>
    </message>
    <message>
        <source>{n} are no recordings</source>
        <translation>{n} 个不是录音</translation>
    </message>
    <message>
        <source>{name} is gone</source>
        <translation>{name} 已不存在</translation>
    </message>
    <message>
        <source>{n} are gone</source>
        <translation>{n} 个已不存在</translation>
    </message>
    <message>
        <source>no recordings in {name}</source>
        <translation>{name} 里没有录音</translation>
    </message>
    <message>
        <source>{n} folders without any</source>
        <translation>{n} 个文件夹里没有录音</translation>
    </message>
    <message>
        <source>Nothing was found.</source>
        <translation>没有找到任何文件。</translation>
    </message>
    <message>
        <source>Songshu is recording.</source>
        <translation>松鼠正在录音。</translation>
    </message>
    <message>
        <source>If you close now, the recording ends; what was said until then is kept.</source>
        <translation>如果现在关闭，录音将结束；已说的内容会保留。</translation>
    </message>
    <message>
        <source>Keep recording</source>
        <translation>继续录音</translation>
    </message>
    <message>
        <source>A recording is still being recognised.</source>
        <translation>还有录音正在识别。</translation>
    </message>
    <message>
        <source>If you close now, it goes on at the next start.</source>
        <translation>如果现在关闭，下次启动时会继续。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>继续识别</translation>
    </message>
    <message>
        <source>In progress</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Damaged file</source>
        <translation>文件有损坏</translation>
    </message>
    <message>
        <source>Recording…</source>
        <translation>正在录音…</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在写入…</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在开始…</translation>
    </message>
    <message>
        <source>The file is no longer where it was.</source>
        <translation>文件已不在原来的位置。</translation>
    </message>
    <message>
        <source>The system does not let Songshu read it.</source>
        <translation>系统不允许松鼠读取它。</translation>
    </message>
    <message>
        <source>This is a folder, not a file.</source>
        <translation>这是文件夹，不是文件。</translation>
    </message>
    <message>
        <source>Reading failed. Is the disk connected?</source>
        <translation>读取失败。磁盘是否已连接？</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>文件是空的。</translation>
    </message>
    <message>
        <source>This is no sound or video that we know.</source>
        <translation>无法识别的音频或视频格式。</translation>
    </message>
    <message>
        <source>There is no sound in this file.</source>
        <translation>文件里没有声音。</translation>
    </message>
    <message>
        <source>The file is copy-protected.</source>
        <translation>文件有版权保护。</translation>
    </message>
    <message>
        <source>The file is damaged or incomplete.</source>
        <translation>文件损坏或不完整。</translation>
    </message>
    <message>
        <source>The model does not know the chosen language.</source>
        <translation>模型不支持所选语言。</translation>
    </message>
    <message>
        <source>The context is too long for the model.</source>
        <translation>背景文字对模型来说太长。</translation>
    </message>
    <message>
        <source>The model failed. Is there enough memory?</source>
        <translation>模型运行失败。内存是否足够？</translation>
    </message>
    <message>
        <source>The speech detector could not start.</source>
        <translation>语音检测器无法启动。</translation>
    </message>
    <message>
        <source>There is too little memory.</source>
        <translation>内存不足。</translation>
    </message>
    <message>
        <source>No loudspeaker was found. Connect one and press play.</source>
        <translation>没有找到扬声器。请连接后再按播放。</translation>
    </message>
    <message>
        <source>The sound device went away. Connect one and press play.</source>
        <translation>声音设备断开了。请连接后再按播放。</translation>
    </message>
    <message>
        <source>There is no model that can be used.</source>
        <translation>没有可用的模型。</translation>
    </message>
    <message>
        <source>No model was found.</source>
        <translation>没有找到模型。</translation>
    </message>
    <message>
        <source>The model cannot be used.</source>
        <translation>模型不能使用。</translation>
    </message>
    <message>
        <source>The model is damaged.</source>
        <translation>模型已损坏。</translation>
    </message>
    <message>
        <source>Songshu crashed the last time.</source>
        <translation>松鼠上次意外退出了。</translation>
    </message>
    <message>
        <source>Something went wrong.</source>
        <translation>出了点问题。</translation>
    </message>
    <message>
        <source>The file ends too early, as if it was not copied to its end. What there is was recognised.</source>
        <translation>文件提前结束，可能没有复制完整。已有的部分已识别。</translation>
    </message>
    <message>
        <source>Sound is missing in the middle of the file. The rest was recognised.</source>
        <translation>文件中间缺少一段声音，其余部分已识别。</translation>
    </message>
    <message>
        <source>The file is damaged in places. They were left out, the rest was recognised.</source>
        <translation>文件有部分损坏，损坏处已略过，其余部分已识别。</translation>
    </message>
    <message>
        <source>{n} s left</source>
        <translation>剩余 {n} 秒</translation>
    </message>
    <message>
        <source>{n} min left</source>
        <translation>剩余 {n} 分钟</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min left</source>
        <translation>剩余 {hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
        <source>{number}× real time</source>
        <translation>{number} 倍实时速度</translation>
    </message>
    <message>
        <source>CPU, 1 thread</source>
        <translation>CPU，1 线程</translation>
    </message>
    <message>
        <source>CPU, {n} threads</source>
        <translation>CPU，{n} 线程</translation>
    </message>
    <message>
        <source>The processor recognises instead.</source>
        <translation>改由处理器识别。</translation>
    </message>
    <message>
        <source>{name} computed nonsense in its test.</source>
        <translation>{name} 在测试中计算出错。</translation>
    </message>
    <message>
        <source>The driver of {name} crashed in its test.</source>
        <translation>{name} 的驱动程序在测试中崩溃。</translation>
    </message>
    <message>
        <source>{name} gave no answer in its test.</source>
        <translation>{name} 在测试中没有响应。</translation>
    </message>
    <message>
        <source>{name} cannot run this model.</source>
        <translation>{name} 无法运行此模型。</translation>
    </message>
    <message>
        <source>Songshu ended twice while {name} computed.</source>
        <translation>{name} 计算时，松鼠两次意外退出。</translation>
    </message>
    <message>
        <source>{name} was not found.</source>
        <translation>未找到 {name}。</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Recording {when}</source>
        <translation>录音 {when}</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 个文件</translation>
    </message>
    <message>
        <source>{n} files</source>
        <translation>{n} 个文件</translation>
    </message>
    <message>
        <source>Keep Songshu in the tray?</source>
        <translation>让松鼠留在托盘里吗？</translation>
    </message>
    <message>
        <source>Your shortcuts for dictation then go on working. The settings can change this.</source>
        <translation>这样听写快捷键继续有效。可以在设置里更改。</translation>
    </message>
    <message>
        <source>Keep in the tray</source>
        <translation>留在托盘里</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
</TS>
