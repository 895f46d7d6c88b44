"""«Vedi come»: customer service looks at the portal as a person sees it, and can change nothing there."""
