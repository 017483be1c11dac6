"""Opens an encrypted workbook in LibreOffice and stores it, encrypted again.

Usage: reopen_in_libreoffice.py IN OUT PASSWORD FOLDER; run by a Python that has the module `uno`.
"""
import os, subprocess, sys, time
import uno
from com.sun.star.beans import PropertyValue

source, target, password, folder = sys.argv[1:5]
pipe = f"wxlive{os.getpid()}"
office = subprocess.Popen([
    "soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
    f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(300):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except Exception:
            time.sleep(0.2)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    value = lambda name, content: PropertyValue(name, 0, content, 0)
    document = desktop.loadComponentFromURL(
        "file://" + source, "_blank", 0, (value("Hidden", True), value("Password", password)))
    document.storeToURL(
        "file://" + target, (value("FilterName", "Calc MS Excel 2007 XML"), value("Password", password)))
    document.close(True)
    try:
        desktop.terminate()
    except Exception:
        pass  # the connection ends with the program
finally:
    try:
        office.wait(20)
    except subprocess.TimeoutExpired:
        office.kill()
