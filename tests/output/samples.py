"""Transcripts to write."""

from __future__ import annotations

from app.engine.types import Segment, Timings, Transcript


def segment(text: str, start_s: float = 0.0, end_s: float = 10.0) -> Segment:
    return Segment(start_s=start_s, end_s=end_s, text=text, language="English", avg_logprob=-0.25)


def transcript(*segments: Segment) -> Transcript:
    return Transcript(
        text=" ".join(item.text for item in segments),
        language="English" if segments else "",
        duration_s=segments[-1].end_s if segments else 3.0,
        segments=segments,
        timings=Timings(
            load_s=0.1, mel_s=0.2, encode_s=0.3, prefill_s=0.4, decode_s=0.5, total_s=2
        ),
        pack="tiny",
        device="CPU, 1 thread",
    )


ENGLISH = (
    "Good morning everyone, the meeting starts at nine and we will talk about the budget for the "
    "next year. I would like to thank everybody who prepared the documents, especially our "
    "colleagues in Berlin; they worked all night. Any questions? Then let us begin."
)
CHINESE = (
    "今天我们来讨论一下明年的预算。首先感谢大家准备了这些文件，尤其是在柏林的同事们，"
    "他们工作了一整夜。有什么问题吗？没有的话，我们就从第一项议程开始：差旅费用。使用Python编程。"
)
JAPANESE = (
    "おはようございます。会議は九時に始まります。「来年の予算」について話しましょう。コンピューター"
)
KOREAN = (
    "안녕하세요 여러분 오늘 회의는 아홉 시에 시작하며 내년 예산에 대해 이야기하겠습니다 감사합니다"
)
THAI = "สวัสดีครับทุกคนการประชุมเริ่มตอนเก้าโมงและเราจะพูดถึงงบประมาณปีหน้าขอบคุณมากครับ"
TEXTS = {
    "English": ENGLISH,
    "Chinese": CHINESE,
    "Japanese": JAPANESE,
    "Korean": KOREAN,
    "Thai": THAI,
}
