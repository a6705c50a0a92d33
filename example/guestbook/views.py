from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from guestbook.forms import EntryForm
from guestbook.models import Entry, Visits

NEWEST = 20


@require_http_methods(['GET', 'HEAD', 'POST'])
def home(request):
    """Counts the visit, takes an entry, shows the newest ones."""
    form = EntryForm(request.POST or None, request.FILES or None)
    if request.method == 'POST' and form.is_valid():
        form.save()
        return redirect('home')
    context = {'form': form, 'visits': Visits.add_one(), 'entries': Entry.objects.all()[:NEWEST]}
    return render(request, 'guestbook/home.html', context)
