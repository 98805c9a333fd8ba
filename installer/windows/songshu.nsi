; The installer for Windows: for one person, without an administrator.
;
; Called by installer/windows/__main__.py, which defines VERSION, VERSION_NUMBERS, PUBLISHER, OUTPUT,
; GENERATED (a script with this build's files and file types), ICON, EXTERNAL and EXTERNAL_BYTES.
;
; Upgrade: the older version's own uninstaller runs first, for only it knows its files.
; Exit codes when silent (/S): 0 done, 2 this Windows is too old, 3 Songshu is running or cannot be
; removed, 4 the file beside the installer is missing.

Unicode true
Target amd64-unicode
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WinVer.nsh

!define EXECUTABLE "Songshu.exe"
!define UNINSTALLER "Uninstall.exe"
!define PROGID "Songshu.Media"
!define CLASSES "Software\Classes"
!define CAPABILITIES "Software\Songshu\Capabilities"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Songshu"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths\${EXECUTABLE}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"  ; as app/gui/system/autostart.py says
!define RUN_STATE "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define SHORTCUT "$SMPROGRAMS\Songshu.lnk"
!define DESKTOP_SHORTCUT "$DESKTOP\Songshu.lnk"
!define DATA "$LOCALAPPDATA\Songshu"  ; as app/paths.py says

Name "Songshu"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\Songshu"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
ShowInstDetails nevershow
ShowUninstDetails nevershow
BrandingText "Songshu ${VERSION}"

VIProductVersion "${VERSION_NUMBERS}"
VIFileVersion "${VERSION_NUMBERS}"
VIAddVersionKey /LANG=1033 "ProductName" "Songshu"
VIAddVersionKey /LANG=1033 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=1033 "FileDescription" "Songshu Setup"
VIAddVersionKey /LANG=1033 "CompanyName" "${PUBLISHER}"
VIAddVersionKey /LANG=1033 "LegalCopyright" "${PUBLISHER}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_SMALLDESC
!define MUI_FINISHPAGE_RUN "$INSTDIR\${EXECUTABLE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
!include "texts.nsh"
!include "${GENERATED}"  ; macros INSTALL_FILES, DELETE_FILES, EACH_TYPE

!ifdef SIGN
  !finalize '${SIGN}' = 0  ; else makensis would go on without a signature
  !uninstfinalize '${SIGN}' = 0
!endif

Var Upgrade  ; 1 in an uninstaller that makes room for a newer version

; A file that a running program was started from cannot be opened for writing.
!macro WAIT_UNTIL_CLOSED UN
Function ${UN}WaitUntilClosed
  again:
    IfFileExists "$INSTDIR\${EXECUTABLE}" 0 closed
    ClearErrors
    FileOpen $0 "$INSTDIR\${EXECUTABLE}" a
    IfErrors 0 writable
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IS_RUNNING)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 3
    Quit
  writable:
    FileClose $0
  closed:
FunctionEnd
!macroend
!insertmacro WAIT_UNTIL_CLOSED ""
!insertmacro WAIT_UNTIL_CLOSED "un."

!macro TELL_EXPLORER
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'  ; file types have changed
!macroend

!macro OFFER_TYPE SUFFIX
  WriteRegStr HKCU "${CLASSES}\${SUFFIX}\OpenWithProgids" "${PROGID}" ""
  WriteRegStr HKCU "${CLASSES}\Applications\${EXECUTABLE}\SupportedTypes" "${SUFFIX}" ""
  WriteRegStr HKCU "${CAPABILITIES}\FileAssociations" "${SUFFIX}" "${PROGID}"
!macroend

!macro FORGET_TYPE SUFFIX
  DeleteRegValue HKCU "${CLASSES}\${SUFFIX}\OpenWithProgids" "${PROGID}"
  DeleteRegKey /ifempty HKCU "${CLASSES}\${SUFFIX}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "${CLASSES}\${SUFFIX}"
!macroend

Function .onInit
  ${IfNot} ${AtLeastWin10}  ; Windows with 32 bits does not even start us
    MessageBox MB_OK|MB_ICONSTOP "$(WRONG_SYSTEM)" /SD IDOK
    SetErrorLevel 2
    Quit
  ${EndIf}
  SetShellVarContext current
FunctionEnd

Function un.onInit
  SetShellVarContext current
  StrCpy $Upgrade 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/UPGRADE" $1
  ${IfNot} ${Errors}
    StrCpy $Upgrade 1
  ${EndIf}
FunctionEnd

Function RemoveOlderVersion
  ReadRegStr $1 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $1 == ""
  ${OrIfNot} ${FileExists} "$1\${UNINSTALLER}"
    Return
  ${EndIf}
  ExecWait '"$1\${UNINSTALLER}" /S /UPGRADE _?=$1' $2  ; _?= lets us wait for its end
  ${If} $2 <> 0
  ${OrIf} ${FileExists} "$1\${EXECUTABLE}"
    MessageBox MB_OK|MB_ICONSTOP "$(OLD_STAYS)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
  Delete "$1\${UNINSTALLER}"
  RMDir "$1"
FunctionEnd

Section "$(SECTION_PROGRAM)" SEC_PROGRAM
  SectionIn RO
  Call WaitUntilClosed
  !if "${EXTERNAL}" != ""
    ${GetSize} "$EXEDIR" "/M=${EXTERNAL} /S=0B /G=0" $0 $1 $2
    ${If} $0 != "${EXTERNAL_BYTES}"
      MessageBox MB_OK|MB_ICONSTOP "$(NO_PAYLOAD)" /SD IDOK
      SetErrorLevel 4
      Quit
    ${EndIf}
  !endif
  Call RemoveOlderVersion
  SetOutPath "$INSTDIR"
  !if "${EXTERNAL}" != ""
    CopyFiles /SILENT "$EXEDIR\${EXTERNAL}" "$INSTDIR\${EXECUTABLE}"
  !endif
  !insertmacro INSTALL_FILES
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\${UNINSTALLER}"
  CreateShortcut "${SHORTCUT}" "$INSTDIR\${EXECUTABLE}" "" "$INSTDIR\${EXECUTABLE}" 0 "" "" "$(SUMMARY)"
  WriteRegStr HKCU "${APP_PATHS}" "" "$INSTDIR\${EXECUTABLE}"
  Call WriteUninstallKey
SectionEnd

Function WriteUninstallKey
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "Songshu"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${EXECUTABLE}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\${UNINSTALLER}"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\${UNINSTALLER}" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0
FunctionEnd

Section "$(SECTION_OPEN_WITH)" SEC_OPEN_WITH
  WriteRegStr HKCU "${CLASSES}\${PROGID}" "" "$(MEDIA_FILE)"
  WriteRegStr HKCU "${CLASSES}\${PROGID}\DefaultIcon" "" "$INSTDIR\${EXECUTABLE},0"
  WriteRegStr HKCU "${CLASSES}\${PROGID}\shell\open" "FriendlyAppName" "Songshu"
  WriteRegStr HKCU "${CLASSES}\${PROGID}\shell\open\command" "" '"$INSTDIR\${EXECUTABLE}" "%1"'
  WriteRegStr HKCU "${CLASSES}\Applications\${EXECUTABLE}" "FriendlyAppName" "Songshu"
  WriteRegStr HKCU "${CLASSES}\Applications\${EXECUTABLE}\shell\open\command" "" '"$INSTDIR\${EXECUTABLE}" "%1"'
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "Songshu"
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationDescription" "$(SUMMARY)"
  WriteRegStr HKCU "Software\RegisteredApplications" "Songshu" "${CAPABILITIES}"
  !insertmacro EACH_TYPE OFFER_TYPE
  !insertmacro TELL_EXPLORER
SectionEnd

Section /o "$(SECTION_DESKTOP)" SEC_DESKTOP
  CreateShortcut "${DESKTOP_SHORTCUT}" "$INSTDIR\${EXECUTABLE}"
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${SEC_PROGRAM} "$(ABOUT_PROGRAM)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SEC_OPEN_WITH} "$(ABOUT_OPEN_WITH)"
  !insertmacro MUI_DESCRIPTION_TEXT ${SEC_DESKTOP} "$(ABOUT_DESKTOP)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; Start at login, which the program itself switches on; a portable copy may have taken it over.
Function un.ForgetLogin
  StrLen $0 "$INSTDIR\${EXECUTABLE}"
  ReadRegStr $1 HKCU "${RUN_KEY}" "Songshu"
  StrCpy $2 $1 $0
  StrCpy $3 $1 $0 1  ; in quotes, if the path has spaces
  ${If} $2 == "$INSTDIR\${EXECUTABLE}"
  ${OrIf} $3 == "$INSTDIR\${EXECUTABLE}"
    DeleteRegValue HKCU "${RUN_KEY}" "Songshu"
    DeleteRegValue HKCU "${RUN_STATE}" "Songshu"
  ${EndIf}
FunctionEnd

Section "un.$(SECTION_PROGRAM)" UN_PROGRAM
  SectionIn RO
  Call un.WaitUntilClosed
  !insertmacro DELETE_FILES  ; file by file: whatever else lies in the folder is not ours
  !if "${EXTERNAL}" != ""
    Delete "$INSTDIR\${EXECUTABLE}"
  !endif
  RMDir /r "${DATA}\cache"  ; unpacked parts of the program
  ${If} $Upgrade = 1
    Return  ; shortcuts and file types are written anew; pinned ones stay
  ${EndIf}
  Call un.ForgetLogin
  Delete "${SHORTCUT}"
  Delete "${DESKTOP_SHORTCUT}"
  DeleteRegKey HKCU "${CLASSES}\${PROGID}"
  DeleteRegKey HKCU "${CLASSES}\Applications\${EXECUTABLE}"
  DeleteRegKey /ifempty HKCU "${CLASSES}\Applications"
  DeleteRegValue HKCU "Software\RegisteredApplications" "Songshu"
  DeleteRegKey HKCU "Software\Songshu"
  DeleteRegKey HKCU "${APP_PATHS}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  !insertmacro EACH_TYPE FORGET_TYPE
  !insertmacro TELL_EXPLORER
  Delete "$INSTDIR\${UNINSTALLER}"
  RMDir "$INSTDIR"
  RMDir "${DATA}"  ; only if it is empty
SectionEnd

Section /o "un.$(SECTION_DATA)" UN_DATA
  RMDir /r "${DATA}"
SectionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${UN_PROGRAM} "$(ABOUT_PROGRAM)"
  !insertmacro MUI_DESCRIPTION_TEXT ${UN_DATA} "$(ABOUT_DATA)"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END
