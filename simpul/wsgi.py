import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "simpul.settings")

application = get_wsgi_application()

# what is loaded now stays for good: no request waits while the collector looks through it
gc.collect()
gc.freeze()
