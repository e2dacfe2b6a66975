@echo off
chcp 65001 > nul
cd /d "%~dp0"
duibiao.exe run pipelines\sanya-2020.toml --period 2020-08
echo.
pause
