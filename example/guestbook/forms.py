from django import forms

from guestbook.models import Entry


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ['name', 'message', 'file']
        widgets = {'message': forms.Textarea(attrs={'rows': 3})}
