"""Accounts on the customer-service desk: to read, and to help with. Nothing secret is shown, nothing typed over."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts import staff
from portal.accounts.admin_codes import ReadOnly
from portal.accounts.models import RiskHold, User
from portal.accounts.validators import refuse_pec

MANAGE = "accounts.manage_staff"


class HireForm(forms.ModelForm):
    """A new member of staff. Customers register themselves."""

    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Gruppi"), queryset=Group.objects.order_by("name")
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "mobile_number", "groups")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mobile_number"].required = True
        self.fields["email"].validators.append(refuse_pec)


class CloseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Motivo"), max_length=200)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = (
        "username",
        "full_name",
        "mobile_number",
        "organization",
        "is_staff",
        "last_login",
        "closed_at",
    )
    list_filter = ("is_staff", "is_active", "agreement")
    list_select_related = ("organization",)
    search_fields = ("username", "last_name", "first_name", "mobile_number", "email", "tax_code")
    search_help_text = gettext_lazy("Username, nome, numero, e-mail o codice fiscale")
    show_full_result_count = False
    actions = ("unlock", "end_sessions", "send_link", "resend_email", "close")
    filter_horizontal = ("groups",)
    shown = (
        "username", "first_name", "last_name", "tax_code", "mobile_number", "organization", "agreement",
        "email", "pending_email", "pending_email_until", "is_staff", "is_active", "registered_at",
        "terms_accepted_at", "last_login", "previous_login", "closed_at",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("Nome e Cognome"), ordering="last_name")
    def full_name(self, obj):
        return obj.get_full_name()

    # --- Who may ---
    def has_add_permission(self, request):
        return request.user.has_perm(MANAGE)

    def has_delete_permission(self, request, obj=None):
        return False

    def _may_group(self, request, obj) -> bool:
        return obj is not None and obj.is_staff and request.user.has_perm(MANAGE)

    # --- One account ---
    def get_fields(self, request, obj=None):
        if obj is None:
            return HireForm.Meta.fields
        return (*self.shown, "groups") if obj.is_staff else self.shown

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ()
        return self.shown if self._may_group(request, obj) else (*self.shown, "groups")

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **({"form": HireForm} if obj is None else {}), **kwargs)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if not add and not self._may_group(request, obj):
            context |= {
                "show_save": False,
                "show_save_and_continue": False,
                "show_save_and_add_another": False,
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_form(self, request, form, change):
        """A new account is made here, once, by its service; an existing one is not written at all."""
        return form.instance if change else staff.hire(**form.cleaned_data)

    def save_model(self, request, obj, form, change):
        pass

    def save_related(self, request, form, formsets, change):
        if change and "groups" in form.cleaned_data:
            staff.set_groups(user=form.instance, groups=list(form.cleaned_data["groups"]))

    def log_addition(self, request, obj, message):
        """The register of the portal tells it; Django's own log would be a second, weaker one."""

    log_change = log_addition

    # --- Several accounts ---
    @admin.action(description=gettext_lazy("Sblocca l'accesso"), permissions=("change",))
    def unlock(self, request, queryset):
        for user in queryset:
            staff.unlock(user=user)
        count = queryset.count()
        self._say(
            request, count, ngettext("%(count)s account sbloccato.", "%(count)s account sbloccati.", count)
        )

    @admin.action(description=gettext_lazy("Chiudi le sessioni aperte"), permissions=("change",))
    def end_sessions(self, request, queryset):
        for user in queryset:
            staff.end_sessions(user=user)
        self._say(request, queryset.count(), _("Sessioni chiuse per %(count)s account."))

    @admin.action(
        description=gettext_lazy("Manda il link per scegliere la password"), permissions=("change",)
    )
    def send_link(self, request, queryset):
        sent = sum(staff.send_link(user=user) for user in queryset)
        self._say(request, sent, _("Link mandato a %(count)s account."))

    @admin.action(description=gettext_lazy("Rimanda la conferma della nuova e-mail"), permissions=("change",))
    def resend_email(self, request, queryset):
        sent = sum(staff.resend_email_confirmation(user=user) for user in queryset)
        self._say(request, sent, _("Conferma rimandata a %(count)s account."))

    @admin.action(description=gettext_lazy("Chiudi la registrazione…"), permissions=("change",))
    def close(self, request, queryset):
        """Asks why on a page of its own: a closed registration does not come back."""
        if not request.user.has_perm(MANAGE):
            queryset = queryset.filter(is_staff=False)
        form = CloseForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            closed = sum(staff.close(user=user, reason=form.cleaned_data["reason"]) for user in queryset)
            words = ngettext("%(count)s registrazione chiusa.", "%(count)s registrazioni chiuse.", closed)
            self._say(request, closed, words)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Chiudi le registrazioni scelte"),
            "opts": self.opts,
            "people": queryset,
            "form": form,
        }
        return TemplateResponse(request, "admin/accounts/user/close.html", context)

    def _say(self, request, count: int, words: str) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, words % {"count": count}, level)


@admin.register(RiskHold)
class RiskHoldAdmin(ReadOnly):
    list_display = ("number", "reason", "since", "until")
    search_fields = ("number",)
    date_hierarchy = "since"
