"""One page, used at log-in and before sensitive steps: choose a method, get a code, type it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.accounts import answers, attention, codes, passkeys
from portal.accounts.codes import Outcome
from portal.accounts.devices import Answer, Method, check_code, known_device, methods_of, send_code
from portal.accounts.login_forms import CodeForm
from portal.accounts.network import client_address


class FactorStep:
    def __init__(self, request, user, *, purpose: str, bound_to: str, template: str, url: str):
        self.request, self.user = request, user
        self.purpose, self.bound_to = purpose, bound_to
        self.template, self.url = template, url
        self.methods = self._usable(methods_of(user))
        asked = request.POST.get("metodo") or request.GET.get("metodo")
        self.method = asked if asked in self.methods else self.methods[0]

    def _usable(self, methods):
        """A passkey cannot be asked for at a bare address; whoever has nothing else is told so on the page."""
        if Method.PASSKEY in methods and len(methods) > 1 and not passkeys.possible(self.request):
            return tuple(method for method in methods if method != Method.PASSKEY)
        return methods

    def show(self, form=None, status=200):
        context = {
            "form": form or CodeForm(method=self.method),
            "method": self.method,
            "methods": [Method(method) for method in self.methods if method != self.method],
            "person": self.user,
            "code": self._status(),
            "passkeys_possible": passkeys.possible(self.request),
            "attention": attention.state(self.request) if self._is_slow() else None,
            "url": self.url,
            "sms_sender": settings.OUTBOX["sms"]["sender"],
        }
        return render(self.request, self.template, context, status=status)

    def send(self) -> codes.Sent:
        return send_code(self.request, self.user, purpose=self.purpose, bound_to=self.bound_to)

    def resend(self):
        if self.method == Method.SMS:
            sent = self.send()
            if sent.ok:
                messages.success(
                    self.request, _("Ti abbiamo mandato un altro codice: il precedente non vale più.")
                )
            else:
                messages.error(self.request, answers.after_sending(sent))
        return HttpResponseRedirect(self.url)

    def check(self) -> tuple[Answer, object]:
        """(answer, page to show): the page is None when the code was right."""
        form = CodeForm(self.request.POST, method=self.method)
        if not form.is_valid():
            return Answer(Outcome.WRONG), self.show(form)
        attentive = self._is_slow() and attention.passed(self.request)
        answer = check_code(
            self.request,
            self.user,
            self.method,
            form.cleaned_data["code"],
            purpose=self.purpose,
            bound_to=self.bound_to,
            attentive=attentive,
        )
        if answer.outcome is Outcome.OK:
            return answer, None
        form.add_error("code", self._words(answer))
        return answer, self.show(form)

    def _words(self, answer: Answer) -> str:
        status = self._status()
        if answer.outcome is Outcome.SLOW_DOWN and self.method == Method.SMS:
            wait = codes.wait_before_try(
                purpose=self.purpose,
                number=self.user.mobile_number,
                bound_to=self.bound_to,
                source=client_address(self.request),
                device=known_device(self.request, self.user),
            )
            answer = Answer(answer.outcome, wait_seconds=wait)
        return answers.after_checking(answer, self.method, status.tries_left if status else None)

    def _status(self):
        if self.method != Method.SMS:
            return None
        return codes.status(purpose=self.purpose, number=self.user.mobile_number, bound_to=self.bound_to)

    def _is_slow(self) -> bool:
        return self.method == Method.SMS and codes.breaker_open()
