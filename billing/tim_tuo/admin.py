"""Payments, packages and direct debits at the desk. Of an account staff see the last four characters, no more."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.models import Arrangement, Debit, DebitBatch, PackageProduct, Payment, PaymentNotice
from billing.payments import services as payments
from billing.tim_tuo import sepa, services
from billing.tim_tuo.answers_admin import Answers
from portal import clock
from portal.audit import staff
from portal.audit.actions import action

PRODUCT_ADDED = action("billing.package_product.added", _("Pacchetto TIM TUO aggiunto al listino"))
PRODUCT_CHANGED = action("billing.package_product.changed", _("Pacchetto TIM TUO modificato nel listino"))


class Shown(admin.ModelAdmin):
    """Rows are read here; what changes them are actions that call services."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return [field.name for field in self.model._meta.fields if field.editable]


class Notices(admin.TabularInline):
    model = PaymentNotice
    extra, can_delete = 0, False
    fields = readonly_fields = ("event", "told", "outcome", "received_at")

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Payment)
class PaymentAdmin(Shown):
    list_display = ("reference", "purpose", "user", "amount", "state", "paid_with", "created_at")
    list_filter = ("state", "purpose", "provider", "created_at")
    search_fields = ("reference", "line__number")
    list_select_related = ("user",)
    inlines = (Notices,)
    actions = ("ask",)

    @admin.action(description=_("Chiedi lo stato al fornitore"), permissions=("change",))
    def ask(self, request, queryset):
        moved = sum(
            before != payments.ask(one).state for one, before in [(one, one.state) for one in queryset]
        )
        self.message_user(request, _t("Pagamenti che hanno cambiato stato: %(count)d.") % {"count": moved})


@admin.register(PackageProduct)
class PackageProductAdmin(admin.ModelAdmin):
    list_display = ("name", "section", "price", "minutes", "messages", "megabytes", "is_offered")
    list_filter = ("section", "is_offered")

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        staff.save(obj, created=PRODUCT_ADDED, changed=PRODUCT_CHANGED, actor=request.user)


@admin.register(Arrangement)
class ArrangementAdmin(Shown):
    list_display = ("account", "pay_by", "state", "account_end", "mandate", "created_at")
    list_filter = ("pay_by", "state")
    search_fields = ("mandate", "account__dual_billing__number", "account__dual_billing__code")
    list_select_related = ("account__dual_billing", "card")
    actions = ("confirm", "reject")

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "account_end")

    @admin.display(description=_("Conto o carta"))
    def account_end(self, obj):
        return obj.masked or "–"

    @admin.action(description=_("Domiciliazione accettata dalla banca"), permissions=("change",))
    def confirm(self, request, queryset):
        done = sum(services.confirm(one, actor=request.user) for one in queryset)
        self.message_user(request, _t("Domiciliazioni ora attive: %(count)d.") % {"count": done})

    @admin.action(description=_("Domiciliazione rifiutata dalla banca"), permissions=("change",))
    def reject(self, request, queryset):
        reason = _t("Rifiutata dalla banca")
        done = sum(services.reject(one, reason=reason, actor=request.user) for one in queryset)
        self.message_user(request, _t("Domiciliazioni passate al bollettino: %(count)d.") % {"count": done})


class BatchForm(forms.ModelForm):
    class Meta:
        model = DebitBatch
        fields = ("collect_on",)

    def clean_collect_on(self):
        day = self.cleaned_data["collect_on"]
        if day <= clock.today():
            raise forms.ValidationError(_("La data di incasso deve essere futura."))
        return day

    def clean(self):
        data = super().clean()
        if not self.errors and next(sepa.to_collect(), None) is None:
            raise forms.ValidationError(
                _("Nessuna fattura aperta ha un mandato: non c'è niente da incassare.")
            )
        return data


class Debits(admin.TabularInline):
    model = Debit
    extra, can_delete = 0, False
    fields = readonly_fields = ("invoice", "arrangement", "amount", "is_first", "state", "reason")

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(DebitBatch)
class DebitBatchAdmin(Answers, admin.ModelAdmin):
    form = BatchForm
    list_display = ("message_id", "collect_on", "count", "created_at", "file")
    inlines = (Debits,)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return ("message_id", "collect_on", "created_at", "file") if obj else ("collect_on",)

    def get_readonly_fields(self, request, obj=None):
        return ("message_id", "collect_on", "created_at", "file") if obj else ()

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    @admin.display(description=_("Addebiti"))
    def count(self, obj):
        return obj.debits.count()

    @admin.display(description=_("File per la banca"))
    def file(self, obj):
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:billing_debitbatch_file", args=(obj.pk,)), "pain.008"
        )

    def save_model(self, request, obj, form, change):
        made = sepa.prepare(collect_on=form.cleaned_data["collect_on"], actor=request.user)
        obj.pk, obj.message_id = made.pk, made.message_id

    def get_urls(self):
        one = path(
            "<int:pk>/pain008/", self.admin_site.admin_view(self.give_file), name="billing_debitbatch_file"
        )
        return [one, *super().get_urls()]

    def give_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(DebitBatch, pk=pk)
        if not self.has_add_permission(request):
            messages.error(request, _t("Il file contiene gli IBAN: lo può scaricare solo un supervisore."))
            return redirect("admin:billing_debitbatch_changelist")
        response = HttpResponse(sepa.download(batch, actor=request.user), content_type="application/xml")
        response["Content-Disposition"] = f'attachment; filename="{batch.message_id}.xml"'
        response["Cache-Control"] = "no-store"
        return response


@admin.register(Debit)
class DebitAdmin(Shown):
    list_display = ("invoice", "arrangement", "amount", "state", "reason", "batch")
    list_filter = ("state", "batch")
    list_select_related = ("invoice", "arrangement", "batch")
    search_fields = ("invoice__number", "arrangement__mandate")
    actions = ("give_back",)

    @admin.action(description=_("Respinto dalla banca"), permissions=("change",))
    def give_back(self, request, queryset):
        reason = _t("Addebito respinto dalla banca")
        done = sum(
            sepa.give_back(one, reason=reason, actor=request.user)
            for one in queryset.select_related("arrangement")
        )
        self.message_user(request, _t("Addebiti respinti: %(count)d.") % {"count": done})
