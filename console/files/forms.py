"""What may come with an upload besides the file."""

from django import forms

PLACES = (("library", "the library"), ("picker", "the picker of a form"))


class UploadForm(forms.Form):
    """`model` is a hint for Rivya's own check; `place` says which fragment the page wants back. Nonsense is ignored."""

    model = forms.RegexField(r"^[\w.:/-]+$", required=False, max_length=120)
    place = forms.ChoiceField(choices=PLACES, required=False)

    def told(self, name: str) -> str:
        """The field's value, empty when it was left out or made no sense."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")
