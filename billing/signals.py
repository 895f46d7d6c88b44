"""What upper floors may hear of the traffic."""

from django.dispatch import Signal

# Sent on commit of each part of a file, after events and sums are in. Arguments: batch (its FeedBatch), touched
# (`billing.traffic.sums.Touched`: which lines, which days). A part may be told again after a crash; never less.
traffic_ingested = Signal()
