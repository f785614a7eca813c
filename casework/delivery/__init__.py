"""Letters go out: templates, channels, quiet hours, webhooks, previews."""
