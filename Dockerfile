# The console as one image, run twice: web (the default command) and worker (`python manage.py work`).
# Debian, not Alpine: Tink has no musl wheel.
FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/console
COPY requirements.txt .
RUN /opt/console/bin/pip install --require-hashes --no-deps --only-binary :all: -r requirements.txt

FROM python:3.11-slim-bookworm AS program
ENV PATH=/opt/console/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv/console
COPY --from=packages /opt/console /opt/console
COPY manage.py ./
COPY console console
COPY templates templates
COPY static static
# The key below signs nothing: settings ask for one, and collecting files never uses it.
RUN CONSOLE_SECRET_KEY=only-for-collecting-the-static-files CONSOLE_STATIC_ROOT=/srv/console/static-built \
    python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q console \
 && useradd --system --uid 10001 --no-create-home console \
 && install -d -o console -g console -m 0700 /data

ENV CONSOLE_DATA_DIR=/data CONSOLE_STATIC_ROOT=/srv/console/static-built
USER console
VOLUME /data
EXPOSE 8000
# Asked by the console's own name: settings answer to no other.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.parse as p, urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'Host': p.urlsplit(os.environ['CONSOLE_PUBLIC_URL']).netloc}), timeout=2)"]
CMD ["gunicorn", "-c", "console/gunicorn.py", "console.asgi:application"]
