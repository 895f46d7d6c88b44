"""What people send about their contracts."""

from __future__ import annotations

from django import forms


class ChooseContractForm(forms.Form):
    contract = forms.IntegerField()
    next = forms.CharField(required=False, max_length=2000)
