from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings

from guestbook.models import Entry, Visits


class HomeTests(TestCase):
    def test_every_visit_is_counted(self):
        self.assertContains(self.client.get('/'), '<strong id="visits">1</strong>', html=True)
        self.assertContains(self.client.get('/'), '<strong id="visits">2</strong>', html=True)
        self.assertEqual(Visits.objects.get().count, 2)

    @override_settings(STORAGES={
        'default': {'BACKEND': 'django.core.files.storage.InMemoryStorage'},
        'staticfiles': {'BACKEND': 'django.contrib.staticfiles.storage.StaticFilesStorage'},
    })
    def test_an_entry_is_kept_with_its_file(self):
        file = SimpleUploadedFile('hello.txt', b'hello')
        answer = self.client.post('/', {'name': 'Ada', 'message': 'Was here', 'file': file}, follow=True)
        self.assertContains(answer, 'Was here')
        self.assertEqual(Entry.objects.get().file.read(), b'hello')

    def test_a_file_that_a_browser_would_run_is_refused(self):
        file = SimpleUploadedFile('page.html', b'<script>alert(1)</script>')
        answer = self.client.post('/', {'name': 'Eve', 'message': 'Hi', 'file': file})
        self.assertContains(answer, 'File extension “html” is not allowed')
        self.assertFalse(Entry.objects.exists())
