"""The pages of registration. Each asks the service where the registration stands before it shows anything."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.accounts import answers, attention, codes, registration
from portal.accounts.codes import Outcome, Purpose, Refusal
from portal.accounts.devices import Answer, Method
from portal.accounts.network import client_address
from portal.accounts.registration import LinkState, Refused, Step
from portal.accounts.registration_forms import (
    CodeForm,
    DataForm,
    EmailForm,
    NumberForm,
    PasswordForm,
    UsernameForm,
)
from portal.contracts.views import Serves, serves

SESSION_KEY, TYPED_CODE = "registration", "registration_typed_code"
PAGES = {
    Step.NUMBER: "accounts:register",
    Step.CODE: "accounts:register_code",
    Step.DATA: "accounts:register_data",
    Step.DUPLICATE: "accounts:register_duplicate",
    Step.EMAIL: "accounts:register_email",
    Step.LINK: "accounts:register_link",
    Step.PASSWORD: "accounts:register_password",
    Step.DONE: "accounts:register_done",
}
STEPPER = (  # (label, page of the step, the step after which it is done)
    (gettext_lazy("1 Numero"), Step.NUMBER, Step.NUMBER),
    (gettext_lazy("2 Codice"), Step.CODE, Step.CODE),
    (gettext_lazy("3 Dati"), Step.DATA, Step.DUPLICATE),
    (gettext_lazy("4 Email"), Step.EMAIL, Step.LINK),
    (gettext_lazy("5 Password"), Step.PASSWORD, Step.PASSWORD),
)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class StepView(Serves, View):
    """A page of one step: open once the steps before it are done, and closed when all is."""

    function = "3"
    step = Step.NUMBER
    only_now = False  # a page that makes sense only while its step is the open one
    template = ""

    def dispatch(self, request, *args, **kwargs):
        self.registration = registration.find(request.session.get(SESSION_KEY))
        self.now = registration.step_of(self.registration)
        if not self.is_open():
            return self.onward()
        return super().dispatch(request, *args, **kwargs)

    def is_open(self) -> bool:
        if self.now is Step.DONE or self.only_now:
            return self.now is self.step
        return self.now >= self.step

    def onward(self):
        """To the first step still open."""
        current = registration.step_of(registration.find(self.request.session.get(SESSION_KEY)))
        return redirect(PAGES[current])

    def show(self, template: str = "", **context):
        starting_anew = self.step is Step.NUMBER and self.now is Step.DONE
        steps = stepper(self.step, self.step if starting_anew else self.now)
        context = {"registration": self.registration, "steps": steps, **context}
        return render(self.request, f"accounts/registration/{template or self.template}.html", context)


def stepper(page: Step, now: Step) -> list[tuple]:
    """(label, state, address) of the five steps, seen from `page` while `now` is the open one."""

    def state(first: Step, last: Step) -> str:
        if first <= page <= last:
            return "now"
        return "done" if now > last else "todo"

    def link(first: Step) -> str:
        return "" if first is Step.CODE or now is Step.DONE else reverse(PAGES[first])

    return [(label, state(first, last), link(first)) for label, first, last in STEPPER]


class NumberView(StepView):
    template = "number"

    def is_open(self) -> bool:
        return True

    def get(self, request):
        number = self.registration.number if self.registration and self.now is not Step.DONE else ""
        return self._show(NumberForm(initial={"number": number}))

    def post(self, request):
        form = NumberForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        if request.POST.get(attention.BY_HAND) and not request.POST.get(attention.FIELD):
            return self._show(form)
        if not attention.passed(request):
            form.add_error(None, _("Prima di andare avanti sposta il cursore fino in fondo a destra."))
            return self._show(form)
        number = form.cleaned_data["number"]
        if self.registration and self.registration.number == number and Step.CODE < self.now < Step.DONE:
            return self.onward()
        return self._start(form, number)

    def _start(self, form, number: str):
        started, sent = registration.start(number=number, source=client_address(self.request))
        if started is None:
            form.add_error("number", self._words(sent))
            return self._show(form)
        self.request.session[SESSION_KEY] = started.key
        self.request.session.pop(TYPED_CODE, None)
        return self.onward()

    def _words(self, sent) -> str:
        if sent.reason == Refusal.UNKNOWN:
            return _(
                "Questo numero non fa parte della convenzione. Usa il numero della tua SIM aziendale, "
                "o chiedi al referente del tuo ente."
            )
        return answers.after_sending(sent)

    def _show(self, form):
        return self.show(form=form, attention=attention.state(self.request))


class CodeView(StepView):
    step, template = Step.CODE, "code"

    def get(self, request):
        if self.now > Step.CODE:
            return self.show("code_done")
        return self._show(CodeForm(initial={"code": request.session.pop(TYPED_CODE, "")}))

    def post(self, request):
        if self.now > Step.CODE:
            return self.onward()
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        outcome = registration.check_code(
            registration=self.registration,
            code=form.cleaned_data["code"],
            source=client_address(request),
            attentive=codes.breaker_open() and attention.passed(request),
        )
        return self._after(outcome, form)

    def _after(self, outcome: Outcome, form):
        if outcome is Outcome.OK:
            self.request.session.cycle_key()
            return self.onward()
        if outcome in (Outcome.EXPIRED, Outcome.VOID, Outcome.TOO_MANY):
            self.request.session[TYPED_CODE] = form.cleaned_data["code"]
            return redirect("accounts:register_code_expired")
        form.add_error("code", self._words(outcome))
        return self._show(form)

    def _words(self, outcome: Outcome) -> str:
        status = registration.code_status(self.registration)
        wait = 0
        if outcome is Outcome.SLOW_DOWN:
            wait = codes.wait_before_try(
                purpose=Purpose.REGISTRATION,
                number=self.registration.number,
                bound_to=self.registration.key,
                source=client_address(self.request),
            )
        answer = Answer(outcome, wait_seconds=wait)
        return answers.after_checking(answer, Method.SMS, status.tries_left if status else None)

    def _show(self, form):
        return self.show(
            form=form,
            code=registration.code_status(self.registration),
            attention=attention.state(self.request) if codes.breaker_open() else None,
        )


class CodeExpiredView(StepView):
    """The code is of no use any more: «RICHIEDI UN NUOVO CODICE» or «RIPROVA»."""

    step, only_now, template = Step.CODE, True, "code_expired"

    def get(self, request):
        return self.show(code=registration.code_status(self.registration))

    def post(self, request):
        sent = registration.resend(registration=self.registration, source=client_address(request))
        if sent.ok:
            request.session.pop(TYPED_CODE, None)
            messages.success(request, _("Ti abbiamo mandato un altro codice: il precedente non vale più."))
        else:
            messages.error(request, answers.after_sending(sent))
        return self.onward()


class DataView(StepView):
    step, template = Step.DATA, "data"

    def get(self, request):
        kept = self.registration
        known = registration.known_organization_code(kept)
        initial = {name: getattr(kept, name) for name in ("first_name", "last_name", "tax_code")}
        return self.show(form=DataForm(initial=initial | {"organization_tax_code": known}))

    def post(self, request):
        form = DataForm(request.POST)
        if form.is_valid():
            try:
                registration.save_data(registration=self.registration, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(refusal.field, refusal.message)
            else:
                return self.onward()
        return self.show(form=form)


class DuplicateView(StepView):
    step, only_now, template = Step.DUPLICATE, True, "duplicate"

    def get(self, request):
        return self.show()

    def post(self, request):
        registration.agree_to_replace(registration=self.registration)
        return self.onward()


class EmailView(StepView):
    """First the address («SALVA»), then the username it proposes («MODIFICA»), then «AVANTI»."""

    step, template = Step.EMAIL, "email"

    def get(self, request):
        kept, change = self.registration, request.GET.get("modifica")
        if not kept.email or change == "email":
            return self.show("email_address", form=EmailForm(initial={"email": kept.email}))
        free = registration.username_is_free(kept, kept.username)
        if change == "username":
            return self.show(form=UsernameForm(initial={"username": kept.username}))
        return self.show(form=None if free else self._refused_username())

    def post(self, request):
        if request.POST.get("action") == "email":
            return self._save_email()
        if not self.registration.email:
            return self.onward()
        form = UsernameForm({"username": request.POST.get("username", self.registration.username)})
        if form.is_valid():
            try:
                registration.save_username(registration=self.registration, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(refusal.field, refusal.message)
            else:
                return self.onward()
        return self.show(form=form)

    def _save_email(self):
        form = EmailForm(self.request.POST)
        if not form.is_valid():
            return self.show("email_address", form=form)
        registration.save_email(registration=self.registration, email=form.cleaned_data["email"])
        return redirect("accounts:register_email")

    def _refused_username(self) -> UsernameForm:
        form = UsernameForm({"username": self.registration.username})
        if form.is_valid():
            form.add_error("username", _("Questo username è già usato: scegline un altro."))
        return form


class LinkView(StepView):
    step, only_now, template = Step.LINK, True, "link"

    def get(self, request):
        return self.show(
            wait=registration.seconds_before_another_link(self.registration),
            sender=settings.OUTBOX["email"]["sender"],
        )

    def post(self, request):
        say_link_sent(request, self.registration)
        return self.onward()


class ConfirmView(Serves, View):
    """The link of the mail. Looking at it changes nothing, as mail filters look too; the button uses it up."""

    function = "3"

    @method_decorator(never_cache)
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, token):
        found, state = registration.find_by_link(token)
        template = "confirmed" if state is LinkState.GOOD else "link_problem"
        return self._show(template, found, state)

    def post(self, request, token):
        if request.POST.get("action") == "new":
            return self._send_another(token)
        found, state = registration.use_link(token=token)
        if state is not LinkState.GOOD:
            return self._show("link_problem", found, state)
        request.session.cycle_key()
        request.session[SESSION_KEY] = found.key
        return redirect("accounts:register_password")

    def _send_another(self, token):
        found, state = registration.find_by_link(token)
        if state in (LinkState.EXPIRED, LinkState.USED):
            say_link_sent(self.request, found)
            return self._show("link_sent", found, state)
        return self._show("link_problem", found, state)

    def _show(self, template, found, state):
        context = {"registration": found, "state": state, "steps": stepper(Step.EMAIL, Step.EMAIL)}
        status = 200 if template != "link_problem" else 410
        return render(self.request, f"accounts/registration/{template}.html", context, status=status)


class PasswordView(StepView):
    step, only_now, template = Step.PASSWORD, True, "password"

    def get(self, request):
        return self.show(form=self._form())

    def post(self, request):
        form = self._form(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        try:
            registration.complete(registration=self.registration, password=form.cleaned_data["password"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        return self.onward()

    def _form(self, data=None) -> PasswordForm:
        return PasswordForm(data, user=registration.future_user(self.registration))


class DoneView(StepView):
    step, only_now, template = Step.DONE, True, "done"

    def get(self, request):
        return self.show()


@require_POST
@serves("3")
def attention_token(request):
    """The bar is at its right end: here is the token."""
    return JsonResponse({"token": attention.issue(request)})


def say_link_sent(request, kept) -> None:
    try:
        wait = registration.send_another_link(registration=kept)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return
    if wait:
        messages.warning(
            request,
            _("Aspetta ancora %(seconds)s secondi prima di chiedere un altro link.") % {"seconds": wait},
        )
    else:
        messages.success(request, _("Ti abbiamo mandato un altro link: il precedente non vale più."))
