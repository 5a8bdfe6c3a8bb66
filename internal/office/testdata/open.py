# Opens a document in a running LibreOffice and prints its text.
# Arguments: pipe name, document URL, password. Exit code 3: did not open.
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            return resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        except NoConnectException:
            time.sleep(0.25)
    sys.exit("LibreOffice did not start")


pipe, url, password = sys.argv[1:]
context = connect(pipe)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
properties = tuple(PropertyValue(Name=n, Value=v) for n, v in (("Hidden", True), ("Password", password)))
try:
    document = desktop.loadComponentFromURL(url, "_blank", 0, properties)
except Exception as error:
    sys.stderr.write("%s\n" % error)
    sys.exit(3)
if document is None:
    sys.exit(3)
print(document.getText().getString())
document.close(True)
