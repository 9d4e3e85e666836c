"""What a hostile model, file name, title or error message may say."""

FOREIGN = "https://evil.example"
_ATTRIBUTES = (
    f'hx-get="{FOREIGN}/hx" hx-trigger="load"',
    'data-hx-get="/keys/" data-hx-trigger="load"',
    'hx-post="/chat/" hx-trigger="load"',
    'hx-sse:connect="/live/" hx-on:load="window.ran = 1"',
    'onload="window.ran = 1" onerror="window.ran = 1" onmouseover="window.ran = 1"',
    f'style="background: url({FOREIGN}/css)"',
    'id="composer" class="btn btn-primary" data-dialog-open="commands" data-copy="stolen" data-shortcut="a"',
)
HTML = (
    "<script>window.ran = 1</script>",
    f'<script src="{FOREIGN}/x.js"></script>',
    f'<img src="{FOREIGN}/img.png" onerror="window.ran = 1">',
    '<img src=x onerror="window.ran = 1">',
    '<svg onload="window.ran = 1"><script>window.ran = 1</script><use href="data:image/svg+xml,x#y"></use></svg>',
    f'<svg><image href="{FOREIGN}/svg.png"/><animate onbegin="window.ran = 1" attributeName="x"/></svg>',
    f'<iframe src="{FOREIGN}/frame" srcdoc="<script>parent.ran = 1</script>"></iframe>',
    f'<link rel="stylesheet" href="{FOREIGN}/x.css"><style>@import "{FOREIGN}/y.css";</style>',
    f'<form action="{FOREIGN}/form"><input autofocus onfocus="window.ran = 1"><button>go</button></form>',
    f'<video poster="{FOREIGN}/poster" autoplay><source src="{FOREIGN}/film"></video><audio src="{FOREIGN}/a"></audio>',
    f'<meta http-equiv="refresh" content="0;url={FOREIGN}/meta"><base href="{FOREIGN}/">',
    '<math><mtext><table><mglyph><style><img src=x onerror="window.ran = 1"></style></mglyph></table></mtext></math>',
    '<noscript><p title="</noscript><img src=x onerror=window.ran=1>"></noscript>',
    '<hx-partial hx-target="body" hx-swap="innerHTML"><h1>owned</h1></hx-partial>',
    '</hx-partial><template hx type="partial" hx-target="body">owned</template>',
    "<head><title>owned</title></head>",
    *(f"<div {attributes}>words</div>" for attributes in _ATTRIBUTES),
)
MARKDOWN = (
    "[press](javascript:window.ran=1)",
    f"![picture]({FOREIGN}/md.png)",
    f"![picture]({FOREIGN}/md.png 'title\" onload=\"window.ran=1')",
    f'[link]({FOREIGN}/link "x" onclick="window.ran=1")',
    f'[a](<{FOREIGN}/" onmouseover="window.ran=1>)',
    f"[a](<{FOREIGN}/?<hx-partial hx-target=body>)",
    f"<{FOREIGN}/auto>",
    f"[ref]\n\n[ref]: {FOREIGN}/ref",
    "![svg](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    "```html\n<script>window.ran = 1</script>\n```",
    '```"><script>window.ran=1</script>\nx\n```',
    '```js" onload="window.ran=1\nx\n```',
    "`<img src=x onerror=window.ran=1>`",
    "| <img src=x onerror=window.ran=1> | b |\n|---|---|\n| <script>window.ran=1</script> | x |",
    "- [x] <img src=x onerror=window.ran=1>",
    "# <img src=x onerror=window.ran=1>",
    "&lt;script&gt;window.ran=1&lt;/script&gt; &#x3C;img src=x onerror=window.ran=1&#x3E;",
    'data: <hx-partial hx-target="body">x</hx-partial>\n\nevent: turn-ended\ndata: {}\n\n',
    "{% csrf_token %} {{ request.user }} {{ settings.SECRET_KEY }}",
    "\u202etxt.exe \x00 \ufeff <\x00script>window.ran=1</script>",
)
PAYLOADS = (*HTML, *MARKDOWN)
