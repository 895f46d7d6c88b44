"""Small words for templates. They are built in: no page needs `{% load %}` for them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from secrets import token_hex

from django import forms, template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import charts, clock, functions, money, words
from portal.site import navigation
from portal.site.states import state_of

register = template.Library()


register.filter("said", words.said)


# --- Figures ---------------------------------------------------------------------------------------------------


@register.filter
def euro(amount, places: int = 2) -> str:
    """«1.234,50 €»; nothing for an unknown amount."""
    return _figure(amount, lambda value: money.euro(value, places))


@register.filter
def number(amount, places: int = 0) -> str:
    """«1.234»; `number:2` keeps two decimals."""
    return _figure(amount, lambda value: money.number(value, places))


def _figure(amount, write) -> str:
    if amount is None or amount == "":
        return ""
    try:
        return write(Decimal(str(amount)))
    except InvalidOperation:
        return str(amount)


# --- Instants --------------------------------------------------------------------------------------------------


@register.filter
def date_it(value) -> str:
    """«20/11/2026» in a `<time>`, with «3 giorni fa» as a tooltip."""
    day = clock.rome_date(value) if isinstance(value, datetime) else value
    return _time(day, f"{day:%d/%m/%Y}", _days_away(day)) if isinstance(day, date) else ""


@register.filter
def datetime_it(value) -> str:
    """«20/11/2026 10:30» on the clock of Rome."""
    if not isinstance(value, datetime):
        return date_it(value)
    local = clock.rome(value)
    return _time(local, f"{local:%d/%m/%Y %H:%M}", _moment_away(value))


@register.filter
def time_it(value) -> str:
    return f"{clock.rome(value):%H:%M}" if isinstance(value, datetime) else ""


@register.filter
def since(value) -> str:
    """«3 giorni fa», «tra 2 ore», «oggi»: beside a date, never instead of it."""
    if isinstance(value, datetime):
        return _moment_away(value)
    return _days_away(value) if isinstance(value, date) else ""


def _time(value, words: str, tooltip: str) -> str:
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), tooltip, words)


def _moment_away(value: datetime) -> str:
    now = clock.now()
    if abs((now - value).total_seconds()) < 60:
        return _("adesso")
    if value > now:
        return _("tra %(time)s") % {"time": timesince(now, value, depth=1)}
    return _("%(time)s fa") % {"time": timesince(value, now, depth=1)}


def _days_away(day: date) -> str:
    days = (day - clock.today()).days
    if abs(days) < 2:
        return {0: _("oggi"), 1: _("domani"), -1: _("ieri")}[days]
    words = ngettext("%(count)d giorno", "%(count)d giorni", abs(days)) % {"count": abs(days)}
    return (_("tra %(time)s") if days > 0 else _("%(time)s fa")) % {"time": words}


# --- Numbers of things -----------------------------------------------------------------------------------------


@register.filter
def phone(value) -> str:
    """Grouped for the eye (331 254 7228), one piece for the clipboard: the gaps are margins, not spaces."""
    digits = str(value or "")
    if not digits.isdigit() or len(digits) < 6:
        return digits
    groups = (digits[:3], digits[3:6], digits[6:])
    return format_html(
        '<span class="pc-phone" data-number="{}"><span>{}</span><span>{}</span><span>{}</span></span>',
        digits,
        *groups,
    )


@register.filter
def mask(value, keep: int = 3) -> str:
    """Only the last characters: «•••••••228»."""
    text = str(value or "")
    return "•" * max(len(text) - keep, 0) + text[-keep:] if text else ""


# --- Signs -----------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: str = "sm", label: str = "", css: str = "") -> str:
    """An icon of the sprite. Silent for screen readers unless it has a label. Sizes: xs sm md lg xl."""
    href = f"{static('bi/svg/sprites.svg')}#{name if name.startswith('it-') else f'it-{name}'}"
    classes = f"icon icon-{size} {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, href
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', classes, href
    )


@register.simple_tag
def badge(state, word: str = "", tone: str = "") -> str:
    """One colour, one icon and one word for each state, everywhere: `{% badge line.state %}`.

    `word` replaces the word of the table, `tone` (ok info warn bad off) its colour.
    """
    sign = state_of(state)
    return format_html(
        '<span class="pc-badge pc-badge-{}">{}{}</span>',
        tone or sign.tone,
        icon(sign.icon, "xs"),
        word or sign.word,
    )


@register.simple_tag
def copy(text, label: str = "", css: str = "") -> str:
    """A button that copies `text`; it appears only where scripts run."""
    return format_html(
        '<button type="button" class="pc-copy {}" data-copy="{}" data-done="{}" hidden>{}'
        '<span class="visually-hidden">{}</span></button>',
        css,
        text,
        _("Copiato"),
        icon("it-copy", "xs"),
        label or _("Copia %(what)s") % {"what": text},
    )


# --- Functions of the catalogue --------------------------------------------------------------------------------


@register.simple_tag
def function_url(function_id: str, *args, **kwargs) -> str:
    """The address of a function, or nothing where it is not built: `{% function_url "7.1.1" as url %}`."""
    try:
        return reverse(functions.get(function_id).url_name, args=args, kwargs=kwargs)
    except (KeyError, NoReverseMatch):
        return ""


@register.simple_tag
def function_label(function_id: str) -> str:
    return functions.get(function_id).label


@register.simple_tag(takes_context=True)
def may(context, function_id: str) -> bool:
    """May the person of this page open the function? `{% may "7.1.1" as allowed %}`."""
    access = context.get("access")
    return bool(access) and function_id in functions.FUNCTIONS and access.may(function_id)


@register.simple_tag(takes_context=True)
def breadcrumb(context) -> list:
    """Home / sections / function / `crumbs` of the view ([(label, url), …], the last one is the page)."""
    return navigation.breadcrumb(context.get("page_function"), context.get("crumbs") or ())


@register.simple_tag
def greeting() -> str:
    """By the time of day in Rome (S-07)."""
    hour = clock.rome(clock.now()).hour
    if 5 <= hour < 13:
        return _("Buongiorno")
    return _("Buon pomeriggio") if 13 <= hour < 18 else _("Buonasera")


@register.filter
def page_window(page):
    """The page numbers worth showing around the present one; the gaps are «…»."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def with_headers(cells, headers) -> list:
    return list(zip(cells, headers, strict=False))


@register.filter
def unlocalized(value) -> str:
    """For attributes: a plain figure, whatever the language."""
    return str(value if value is not None else "")


@register.filter
def at_most_100(percent) -> str:
    return str(min(Decimal(str(percent)), Decimal(100)))


@register.simple_tag(takes_context=True)
def querystring_for(context, name: str, value) -> str:
    """The present query with one parameter changed, under a name known only at run time."""
    query = context["request"].GET.copy()
    query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag
def chart(chart) -> str:
    """Draws a declaration of `portal.charts`."""
    return render_to_string(chart.template, {"chart": chart, "id": f"chart-{token_hex(3)}"})


@register.filter
def chart_colour(place: int) -> str:
    return charts.colour(place - 1)


_KINDS = {
    "info": ("info", "it-info-circle", gettext_lazy("Informazione")),
    "success": ("success", "it-check-circle", gettext_lazy("Fatto")),
    "warning": ("warning", "it-warning-circle", gettext_lazy("Attenzione")),
    "danger": ("danger", "it-error", gettext_lazy("Errore")),
    "note": ("note", "it-note", gettext_lazy("Nota")),
}
_KINDS |= {"error": _KINDS["danger"], "debug": _KINDS["note"], "": _KINDS["info"]}


@register.filter
def message_kind(level: str) -> dict:
    tone, sign, word = _KINDS.get(level, _KINDS["info"])
    return {"tone": tone, "icon": sign, "word": word}


@register.filter
def holds(group, function) -> bool:
    return group.holds(function)


@register.filter
def field_kind(field) -> str:
    """What the field template asks: a lone checkbox, a long text with a limit, or neither."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Textarea) and getattr(field.field, "max_length", None):
        return "long"
    return ""


@register.filter
def has_required(form) -> bool:
    return any(field.field.required for field in form.visible_fields())


@register.filter
def errors_by_field(form) -> list:
    """(label, address in the page, first error) for the list on top of a form."""
    return [
        (field.label, f"#{field.id_for_label or field.auto_id}", field.errors[0])
        for field in form
        if field.errors
    ]


# --- Frames round other people's words ---------------------------------------------------------------------------


@register.simple_block_tag
def callout(content, kind: str = "info", title: str = "", live: bool = False) -> str:
    """`{% callout kind="warning" title=… %}…{% endcallout %}`; kinds: info success warning danger note."""
    return render_to_string(
        "components/callout.html", {"content": content, "kind": kind, "title": title, "live": live}
    )


@register.simple_block_tag
def panel(content, title: str = "", id: str = "", level: int = 2, css: str = "") -> str:
    """A white box with a heading: the room in which forms, tables and definitions live."""
    return render_to_string(
        "components/panel.html", {"content": content, "title": title, "id": id, "level": level, "css": css}
    )


@register.simple_block_tag
def fold(content, title: str, open: bool = False) -> str:
    """A part that opens: `{% fold title="…" %}…{% endfold %}`."""
    return render_to_string("components/fold.html", {"body": content, "title": title, "open": open})


@register.simple_block_tag
def confirm(content, label: str, kind: str = "danger", title: str = "", icon: str = "") -> str:
    """A button that opens a question; the block holds the words and the real button. Needs no script."""
    return render_to_string(
        "components/confirm.html",
        {"content": content, "label": label, "kind": kind, "title": title, "icon": icon},
    )


@register.simple_block_tag
def dialog(content, id: str, title: str) -> str:
    """A modal. Its trigger is a link with a real address and `data-dialog="<id>"`."""
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag
def menu(content, label: str, icon: str = "it-more-items", css: str = "", hide_label: bool = False) -> str:
    """A button that drops a list of `<li>`: row actions, export."""
    return render_to_string(
        "components/menu.html",
        {"content": content, "label": label, "icon": icon, "css": css, "hide_label": hide_label},
    )
