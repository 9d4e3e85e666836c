"""The parser of HTTP answers that the web server brings along, for the streams of Rivya's client."""

import httptools

from console import rivya

LLHTTP = rivya.StreamParser(httptools.HttpResponseParser, (httptools.HttpParserError, httptools.HttpParserUpgrade))
