"""What a person may hand in: PDF, JPG or PNG by content, small, inert. Everything else is refused in words.

Images are drawn again, so nothing but their pixels is kept. PDFs stay as they are, byte by byte (a signature must
hold), and are refused when they can act: scripts, launches, attached files, forms that submit, encryption.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

EXTENSIONS = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
SUFFIX = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
LONGEST_SIDE = 4000  # pixels of a page scanned at 300 dpi
MOST_OBJECTS = 50_000
TRAILER = 1024  # bytes allowed around a PDF, if they are blank
ACTING = {"/JS", "/JavaScript", "/AA", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/AF"}
ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie"}
BURIED = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b")


class Refused(Exception):
    """This file is not taken, for a reason a person can read."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept."""

    name: str
    content_type: str
    content: bytes


def check_size(size: int) -> None:
    """Before the file is read."""
    limit = settings.UPLOADS["megabytes"]
    if size > limit * 1024 * 1024:
        raise Refused(_("Il file supera %(limit)d MB: riducilo e riprova.") % {"limit": limit})


def check(name: str, content: bytes) -> Checked:
    check_size(len(content))
    expected = EXTENSIONS.get(PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip("."))
    found = _kind(content)
    if found is None or expected != found:
        raise Refused(_("Carica un file PDF, JPG o PNG: questo non lo è."))
    inert = _pdf(content) if found == "application/pdf" else _image(content, found)
    _scan(name, content)
    return Checked(_safe_name(name, found), found, inert)


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if content.startswith(b"\x89PNG\r\n\x1a\n") else None


def _safe_name(name: str, content_type: str) -> str:
    stem = re.sub(r"[^\w \-]+", "_", PurePosixPath(name.replace("\\", "/")).stem).strip("_ ")[:80]
    return f"{stem or 'documento'}.{SUFFIX[content_type]}"


def _scan(name: str, content: bytes) -> None:
    scanner = settings.UPLOADS["scanner"]
    if scanner and (words := import_string(scanner)(name, content)):
        raise Refused(words)


# --- Images -----------------------------------------------------------------------------------------------------
def _image(content: bytes, content_type: str) -> bytes:
    unreadable = Refused(_("L'immagine non si riesce a leggere: salvala di nuovo e riprova."))
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            width, height = image.size
            if width * height > settings.UPLOADS["pixels"]:
                raise Refused(_("L'immagine ha troppi punti: riducila e riprova."))
            return _drawn_again(image, content_type)
    except Refused:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise unreadable from None


def _drawn_again(image: Image.Image, content_type: str) -> bytes:
    side = max(image.size)
    if side > LONGEST_SIDE:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a jpeg is decoded at a smaller scale at once
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    out = io.BytesIO()
    if content_type == "image/jpeg":
        upright.convert("RGB").save(out, "JPEG", quality=85)
    else:
        upright.convert("RGBA" if "A" in upright.getbands() else "RGB").save(out, "PNG")
    return out.getvalue()


# --- PDF --------------------------------------------------------------------------------------------------------
def _pdf(content: bytes) -> bytes:
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\0\r\n \t") or len(content) - end > TRAILER:
        raise Refused(_("Il PDF è incompleto o contiene altro: salvalo di nuovo e riprova."))
    if BURIED.search(_plain_names(content)):
        raise _acting()
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Refused(_("Il PDF è protetto da password: togli la protezione e riprova."))
        pages = len(reader.pages)
        if not 0 < pages <= settings.UPLOADS["pages"]:
            limit = {"limit": settings.UPLOADS["pages"]}
            raise Refused(_("Il PDF deve avere da 1 a %(limit)d pagine.") % limit)
        _look_into(reader)
    except Refused:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, RecursionError):
        raise Refused(_("Il PDF non si riesce a leggere: salvalo di nuovo e riprova.")) from None
    return content


def _plain_names(content: bytes) -> bytes:
    """«/Java#53cript» is «/JavaScript»."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _look_into(reader: PdfReader) -> None:
    """Every object, also those nobody refers to and those packed into streams."""
    numbers = {n for table in reader.xref.values() for n in table} | set(reader.xref_objStm)
    if len(numbers) > MOST_OBJECTS:
        raise Refused(_("Il PDF è troppo complesso: stampalo di nuovo in PDF e riprova."))
    for number in numbers:
        _judge(reader.get_object(IndirectObject(number, 0, reader)))
    _judge(reader.trailer)


def _judge(thing, depth: int = 0) -> None:
    if depth > 50:
        raise _acting()
    if isinstance(thing, ArrayObject):
        for part in thing:
            _judge(part, depth + 1)
    if not isinstance(thing, DictionaryObject):
        return
    if ACTING & thing.keys() or str(thing.get("/S", "")) in ACTIONS:
        raise _acting()
    if str(thing.get("/Type", "")) in ("/EmbeddedFile", "/Filespec"):
        raise _acting()
    for part in thing.values():
        if isinstance(part, ArrayObject | DictionaryObject):
            _judge(part, depth + 1)


def _acting() -> Refused:
    return Refused(_("Il PDF contiene comandi, moduli o allegati: stampalo di nuovo in PDF e riprova."))
