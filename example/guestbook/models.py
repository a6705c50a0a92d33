from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F

LARGEST_FILE = 2 * 1024 * 1024
FILE_TYPES = ['jpg', 'jpeg', 'png', 'gif', 'webp', 'txt', 'pdf']


def small_enough(file):
    if file.size > LARGEST_FILE:
        raise ValidationError('The file may have 2 MB at most.')


class Visits(models.Model):
    """How often the home page was asked for: one row."""

    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = 'visits'

    def __str__(self):
        return str(self.count)

    @classmethod
    def add_one(cls):
        """Counts a visit, in the database so that none gets lost between workers; returns how many there were."""
        visits, _ = cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(count=F('count') + 1)
        visits.refresh_from_db()
        return visits.count


class Entry(models.Model):
    name = models.CharField(max_length=60)
    message = models.TextField(max_length=500)
    file = models.FileField(
        upload_to='entries/%Y/%m',
        blank=True,
        validators=[FileExtensionValidator(FILE_TYPES), small_enough],
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ['-written_at']
        verbose_name_plural = 'entries'

    def __str__(self):
        return f'{self.name}: {self.message[:40]}'
