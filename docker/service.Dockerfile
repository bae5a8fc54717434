# The service: screens, tickets, the link to Asterisk. Also the image of the one-shot setup container.
FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock /opt/callcenter/
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r /opt/callcenter/requirements.lock
COPY alembic.ini /opt/callcenter/
COPY asterisk-config /opt/callcenter/asterisk-config
COPY migrations /opt/callcenter/migrations
COPY callcenter /opt/callcenter/callcenter
# The same number in both images: they share one volume, and neither is root.
RUN useradd --uid 10112 --create-home --home-dir /var/lib/callcenter callcenter \
    && chmod 700 /var/lib/callcenter
RUN printf '#!/bin/sh\nexec /opt/venv/bin/python -P -m callcenter "$@"\n' >/usr/local/bin/callcenter \
    && chmod 755 /usr/local/bin/callcenter
USER callcenter
VOLUME /var/lib/callcenter
ENV CALLCENTER_HOME=/var/lib/callcenter PYTHONPATH=/opt/callcenter PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /var/lib/callcenter
ENTRYPOINT ["callcenter"]
CMD ["serve"]
HEALTHCHECK --interval=5s --timeout=5s --retries=12 CMD ["callcenter", "healthy"]
