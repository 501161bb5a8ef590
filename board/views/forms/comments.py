from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from board.models import Comment

if TYPE_CHECKING:
    CommentModelForm = forms.ModelForm[Comment]  # the stubs make it generic, which it is not at run time
else:
    CommentModelForm = forms.ModelForm


class CommentForm(CommentModelForm):
    """The form of a new comment on a task, or of a comment (`instance`)."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Comment
        fields = ["text"]
        labels = {"text": _("Comment")}
        widgets = {"text": forms.Textarea({"rows": 2})}

    def __init__(self, data: Any = None, *, task_id: int | None = None, instance: Comment | None = None) -> None:
        name = f"comment-{instance.pk}" if instance else f"comment-on-{task_id}"
        super().__init__(
            data, instance=instance, initial={"version": instance and instance.version}, auto_id=f"{name}-%s"
        )
        self.fields["text"].required = True
        # The name under which the browser keeps a draft.
        self.draft = name
