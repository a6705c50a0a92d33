from django.contrib import admin

from guestbook.models import Entry, Visits


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    list_display = ['name', 'message', 'file', 'written_at']
    search_fields = ['name', 'message']


admin.site.register(Visits)
