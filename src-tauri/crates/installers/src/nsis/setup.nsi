; What a set-up does. Words between the signs of an address are filled in for each app, as texts in
; which nothing means anything to NSIS. What a version removes is added at the end.

Unicode true
Target amd64-unicode
Name "@APP_NAME@" "@APP_NAME_IN_DIALOGS@"
OutFile "made.exe"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\@APP_PACKAGE@"
InstallDirRegKey HKCU "@UNINSTALL_KEY@" "InstallLocation"
ManifestDPIAware true
ManifestLongPathAware true
BrandingText " "
ShowInstDetails nevershow
ShowUninstDetails nevershow
; A file that can't be written ends the whole; none is left out.
AllowSkipFiles off
; The times of files are those of the author's machine.
SetDateSave off

VIProductVersion "@APP_NUMBERS@"
VIFileVersion "@APP_NUMBERS@"
VIAddVersionKey /LANG=0 "ProductName" "@APP_NAME@"
VIAddVersionKey /LANG=0 "FileDescription" "@APP_NAME@"
VIAddVersionKey /LANG=0 "CompanyName" "@APP_PUBLISHER@"
VIAddVersionKey /LANG=0 "FileVersion" "@APP_VERSION@"
VIAddVersionKey /LANG=0 "ProductVersion" "@APP_VERSION@"
VIAddVersionKey /LANG=0 "LegalCopyright" ""

!include "FileFunc.nsh"
!include "MUI2.nsh"

!define MUI_ICON "app.ico"
!define MUI_UNICON "app.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\@APP_PROGRAM@"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
@LANGUAGES@

; The new files until all of them are there.
!define STAGED "$INSTDIR\~new"
!define PROCESS_QUERY_LIMITED_INFORMATION 0x1000
; What a silent run ends with when the app could not be ended: ERROR_SHARING_VIOLATION.
!define IS_OPEN 32

; A line for whoever waits for a silent run: on the standard output where there is one.
!macro SAY TEXT
  System::Call 'kernel32::AttachConsole(i -1)'
  System::Call 'kernel32::GetStdHandle(i -11) p .R0'
  FileWrite $R0 "${TEXT}$\r$\n"
!macroend

!macro LOOK_AT PROGRAM
  ${If} ${FileExists} "$INSTDIR\${PROGRAM}"
    ClearErrors
    FileOpen $R1 "$INSTDIR\${PROGRAM}" a
    ${If} ${Errors}
      StrCpy $R0 1
    ${Else}
      FileClose $R1
    ${EndIf}
  ${EndIf}
!macroend

!macro FUNCTIONS un

; Puts 1 into $R0 where one of the app's programs runs, else 0. The file of a program that runs can't
; be opened for writing.
Function ${un}IsOpen
  StrCpy $R0 0
  !insertmacro LOOK_AT "@APP_PROGRAM@"
  !insertmacro LOOK_AT "@APP_PYTHON@"
FunctionEnd

; Asks each window of the app to close, as a person does by its cross.
Function ${un}CloseWindows
  StrCpy $R1 0
  ${Do}
    FindWindow $R1 "" "" 0 $R1
    ${If} $R1 P= 0
      ${ExitDo}
    ${EndIf}
    System::Call 'user32::IsWindowVisible(p R1) i .R2'
    ${If} $R2 <> 0
      System::Call 'user32::GetWindowThreadProcessId(p R1, *i .R2)'
      System::Call 'kernel32::OpenProcess(i ${PROCESS_QUERY_LIMITED_INFORMATION}, i 0, i R2) p .R2'
      StrCpy $R3 ""
      System::Call 'kernel32::QueryFullProcessImageNameW(p R2, i 0, w .R3, *i ${NSIS_MAX_STRLEN})'
      System::Call 'kernel32::CloseHandle(p R2)'
      ${If} $R3 == "$INSTDIR\@APP_PROGRAM@"
        System::Call 'user32::PostMessageW(p R1, i ${WM_CLOSE}, p 0, p 0)'
      ${EndIf}
    ${EndIf}
  ${Loop}
FunctionEnd

; Has the app end, or ends this. Ten seconds are more than the app takes to end by itself.
Function ${un}EndApp
  Call ${un}IsOpen
  ${If} $R0 = 0
    Return
  ${EndIf}
  MessageBox MB_OKCANCEL|MB_ICONEXCLAMATION "$(TEXT_OPEN)" /SD IDOK IDOK again
  Abort
  again:
  Call ${un}CloseWindows
  ${For} $R4 1 40
    Call ${un}IsOpen
    ${If} $R0 = 0
      Return
    ${EndIf}
    Sleep 250
  ${Next}
  MessageBox MB_RETRYCANCEL|MB_ICONSTOP "$(TEXT_BUSY)" /SD IDCANCEL IDRETRY again
  ${If} ${Silent}
    !insertmacro SAY "$(TEXT_BUSY)"
  ${EndIf}
  SetErrorLevel ${IS_OPEN}
  Abort
FunctionEnd

!macroend

!insertmacro FUNCTIONS ""
!insertmacro FUNCTIONS "un."

; Moves what is in the folder $R0 into the folder $R1, beside what is there: an app may have written
; there. Counts in $R4 what could not be moved.
Function MoveInto
  Push $R2
  Push $R3
  FindFirst $R2 $R3 "$R0\*"
  ${DoUntil} $R3 == ""
    ${If} $R3 != "."
    ${AndIf} $R3 != ".."
      ${If} ${FileExists} "$R0\$R3\*.*"
      ${AndIf} ${FileExists} "$R1\$R3\*.*"
        Push $R0
        Push $R1
        StrCpy $R0 "$R0\$R3"
        StrCpy $R1 "$R1\$R3"
        Call MoveInto
        Pop $R1
        Pop $R0
      ${Else}
        Delete "$R1\$R3"
        ClearErrors
        Rename "$R0\$R3" "$R1\$R3"
        ${If} ${Errors}
          IntOp $R4 $R4 + 1
        ${EndIf}
      ${EndIf}
    ${EndIf}
    FindNext $R2 $R3
  ${Loop}
  FindClose $R2
  RMDir "$R0"
  Pop $R3
  Pop $R2
FunctionEnd

; Puts the version of the WebView2 Runtime into $R0; nothing where it is not there.
Function WebView2
  ReadRegStr $R0 HKLM "@WEBVIEW2_HKLM@" "pv"
  ${If} $R0 == ""
  ${OrIf} $R0 == "0.0.0.0"
    ReadRegStr $R0 HKCU "@WEBVIEW2_HKCU@" "pv"
  ${EndIf}
  ${If} $R0 == "0.0.0.0"
    StrCpy $R0 ""
  ${EndIf}
FunctionEnd

Function .onInit
  SetRegView 64
FunctionEnd

Function un.onInit
  SetRegView 64
FunctionEnd

; What was there before is as it was.
Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "${STAGED}"
  RMDir "$INSTDIR"
FunctionEnd

Section
  Call EndApp
  RMDir /r "${STAGED}"
  SetOutPath "${STAGED}"
  File "/oname=@APP_PROGRAM@" "program.exe"
  File /r "documents/*"
  SetOutPath "${STAGED}\payload"
  File /r "payload/*"
  ; Nothing below may be the folder that this stands in.
  SetOutPath "$INSTDIR"

  ; Only what an older version brought goes, and that version knows what it was.
  ${If} ${FileExists} "$INSTDIR\@APP_UNINSTALLER@"
    StrCpy $R0 -1
    ExecWait '"$INSTDIR\@APP_UNINSTALLER@" /S /UPGRADE _?=$INSTDIR' $R0
    ${If} $R0 <> 0
      SetErrorLevel $R0
      Abort
    ${EndIf}
  ${EndIf}
  StrCpy $R0 "${STAGED}"
  StrCpy $R1 "$INSTDIR"
  StrCpy $R4 0
  Call MoveInto
  ${If} $R4 <> 0
    MessageBox MB_OK|MB_ICONSTOP "$(TEXT_FAILED)" /SD IDOK
    ${If} ${Silent}
      !insertmacro SAY "$(TEXT_FAILED)"
    ${EndIf}
    Abort
  ${EndIf}
  WriteUninstaller "$INSTDIR\@APP_UNINSTALLER@"

  ; An older version may have had another name. (`If` takes no text of the author's: it may have any
  ; kind of quote in it.)
  ReadRegStr $R0 HKCU "@UNINSTALL_KEY@" "Shortcut"
  StrCmp $R0 "" named
  StrCmp $R0 "@APP_SHORTCUT@" named
  Delete "$SMPROGRAMS\$R0"
  named:
  CreateShortcut "$SMPROGRAMS\@APP_SHORTCUT@" "$INSTDIR\@APP_PROGRAM@" "" "$INSTDIR\@APP_PROGRAM@" 0 SW_SHOWNORMAL "" "@APP_SUMMARY@"
  WriteRegStr HKCU "@UNINSTALL_KEY@" "DisplayName" "@APP_NAME@"
  WriteRegStr HKCU "@UNINSTALL_KEY@" "DisplayVersion" "@APP_VERSION@"
  WriteRegStr HKCU "@UNINSTALL_KEY@" "Publisher" "@APP_PUBLISHER@"
  WriteRegStr HKCU "@UNINSTALL_KEY@" "DisplayIcon" "$INSTDIR\@APP_PROGRAM@"
  WriteRegStr HKCU "@UNINSTALL_KEY@" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "@UNINSTALL_KEY@" "Shortcut" "@APP_SHORTCUT@"
  WriteRegStr HKCU "@UNINSTALL_KEY@" "UninstallString" '"$INSTDIR\@APP_UNINSTALLER@"'
  WriteRegStr HKCU "@UNINSTALL_KEY@" "QuietUninstallString" '"$INSTDIR\@APP_UNINSTALLER@" /S'
  WriteRegDWORD HKCU "@UNINSTALL_KEY@" "EstimatedSize" @APP_KIBIBYTES@
  WriteRegDWORD HKCU "@UNINSTALL_KEY@" "NoModify" 1
  WriteRegDWORD HKCU "@UNINSTALL_KEY@" "NoRepair" 1

  Call WebView2
  ${If} $R0 == ""
    ${If} ${Silent}
      !insertmacro SAY "$(TEXT_NO_WEBVIEW2)"
    ${EndIf}
    MessageBox MB_YESNO|MB_ICONEXCLAMATION "$(TEXT_NO_WEBVIEW2)" /SD IDNO IDNO done
    ExecShell "open" "@WEBVIEW2_PAGE@"
    done:
  ${EndIf}
SectionEnd

Section "Uninstall"
  Call un.EndApp
  SetOutPath "$TEMP"
  Call un.RemoveFiles
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/UPGRADE" $R1
  ${If} ${Errors}
    Delete "$SMPROGRAMS\@APP_SHORTCUT@"
    DeleteRegKey HKCU "@UNINSTALL_KEY@"
  ${EndIf}
  Delete "$INSTDIR\@APP_UNINSTALLER@"
  RMDir "$INSTDIR"
SectionEnd
