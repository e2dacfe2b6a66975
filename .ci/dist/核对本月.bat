@echo off
chcp 65001 > nul
cd /d "%~dp0"
rem The month that has ended is reconciled; --period this would be the running one.
duibiao.exe run --period last
if errorlevel 2 goto failed
echo.
echo 核对完成。双击“打开结果.bat”看汇总工作簿。
goto end
:failed
echo.
echo 没有得出结果，原因见上面一句。
:end
pause
