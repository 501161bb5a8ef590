"""/naive/tasks: REST framework's own viewset without lock, log, links or ETags, for comparison."""

from django.urls import include, path
from rest_framework import routers, serializers, viewsets

from board.models import Task


class TaskSerializer(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = "__all__"


class TaskViewSet(viewsets.ModelViewSet):
    queryset = Task.objects.order_by("sprint_id", "status", "order", "pk")
    serializer_class = TaskSerializer
    throttle_classes = []


router = routers.SimpleRouter(trailing_slash=False)
router.register("tasks", TaskViewSet, basename="naive")
urlpatterns = [path("naive/", include(router.urls)), path("", include("config.urls"))]
