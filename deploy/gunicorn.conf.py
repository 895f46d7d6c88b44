"""gunicorn -c deploy/gunicorn.conf.py portal.wsgi:application"""

import multiprocessing

bind = "127.0.0.1:8000"
workers = multiprocessing.cpu_count() + 1
threads = 4  # pages wait for the database, not for the processor
timeout = 60
graceful_timeout = 30
max_requests = 5000  # a worker is renewed now and then
max_requests_jitter = 500
forwarded_allow_ips = "127.0.0.1"  # the reverse proxy
accesslog = None  # the portal writes its own line a request, without personal data
