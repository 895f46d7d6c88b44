// After a passkey was made, go on; print the recovery codes. The ceremony itself is django-otp-webauthn's.
"use strict";
document.addEventListener("otp_webauthn.register_complete", (event) => {
  window.location.assign(event.target.dataset.next);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
