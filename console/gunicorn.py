"""gunicorn's settings: uvicorn workers, because a stream must notice that its reader has gone."""

import environ

env = environ.Env()

bind = env.str("CONSOLE_BIND", default="0.0.0.0:8000")
workers = env.int("WEB_CONCURRENCY", default=1)
worker_class = "uvicorn_worker.UvicornWorker"
graceful_timeout = 20
timeout = 60
keepalive = 65
accesslog = None
loglevel = "warning"
preload_app = False
# It would want a socket in the home directory, which a container's user does not have.
control_socket_disable = True

# Without a proxy of ours nobody may say for whom they speak; with one, it stands on this machine or in front of it.
forwarded_allow_ips = "127.0.0.1" if env.int("CONSOLE_TRUSTED_PROXIES", default=0) else ""
