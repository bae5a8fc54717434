# Asterisk from Debian's packages. Its configuration is in the data volume, written by the setup container.
FROM debian:forky-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends asterisk \
    && rm -rf /var/lib/apt/lists/*
# The same number in both images: they share one volume, and neither is root.
RUN useradd --uid 10112 --create-home --home-dir /var/lib/callcenter callcenter \
    && chmod 700 /var/lib/callcenter
USER callcenter
VOLUME /var/lib/callcenter
ENV CONFIGURATION=/var/lib/callcenter/asterisk/etc/asterisk.conf
CMD ["sh", "-c", "exec asterisk -f -C $CONFIGURATION"]
HEALTHCHECK --interval=5s --timeout=5s --retries=12 \
    CMD asterisk -C $CONFIGURATION -rx 'core waitfullybooted' | grep -q 'fully booted'
STOPSIGNAL SIGTERM
