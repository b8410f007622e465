"""The form in which the owner enters the keys of a provider."""

from __future__ import annotations

from typing import Any

from django import forms

from simpul.lib.providers import Provider


class KeysForm(forms.Form):
    """The keys of a provider, which nobody can read here again. A kind of them may ask for more."""

    def __init__(self, *args: Any, provider: Provider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [secret.name for secret in provider.secrets]
        for secret in provider.secrets:
            self.fields[secret.name] = forms.CharField(
                label=str(secret.label),
                help_text=str(secret.help),
                required=secret.is_needed,
                min_length=secret.at_least,
                max_length=600,
                widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            )
        self.order_fields(self.names)

    @property
    def facts(self) -> dict[str, Any]:
        """What the step takes: the keys that were typed, and what else is asked."""
        said = dict(self.cleaned_data)
        keys = {name: said.pop(name) for name in self.names}
        return {"keys": {name: value for name, value in keys.items() if value}, **said}
