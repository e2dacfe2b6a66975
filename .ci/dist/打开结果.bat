@echo off
chcp 65001 > nul
cd /d "%~dp0"
set newest=
for /f "delims=" %%f in ('dir /b /s /o:d /t:w archive\*汇总表*.xlsx 2^> nul ^| findstr /v /i "inputs"') do set "newest=%%f"
if not defined newest (
  echo 存档里还没有汇总工作簿；请先双击“核对本月.bat”。
  pause
  exit /b
)
start "" "%newest%"
