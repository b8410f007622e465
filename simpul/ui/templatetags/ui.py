"""Lets the few templates of Django's engine (the login pages) show pieces of ours."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context, engines
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def piece(context: Context, name: str, **more: Any) -> SafeString:
    """Render a Jinja2 template with what this page knows: `{% piece "ui/_head.html" %}`."""
    known = {str(key): value for key, value in context.flatten().items()}
    shown = engines["jinja2"].get_template(name).render(known | more, context.get("request"))
    return SafeString(shown)
