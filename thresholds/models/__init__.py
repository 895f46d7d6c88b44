"""What it may cost."""

from thresholds.models.crossing import BundleStep, Crossing, Release
from thresholds.models.desk import SentNotice, StoppedLine
from thresholds.models.notice import NoticeChoice, NoticeRun
from thresholds.models.threshold import LEVELS, NAMES, Family, Kind, Period, Threshold

__all__ = [
    "LEVELS",
    "NAMES",
    "BundleStep",
    "Crossing",
    "Family",
    "Kind",
    "NoticeChoice",
    "NoticeRun",
    "Period",
    "Release",
    "SentNotice",
    "StoppedLine",
    "Threshold",
]
