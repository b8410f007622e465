from django.urls import path

from simpul.portals import devices, news, search, told
from simpul.portals.courier import app, cash, jobs, run

app_name = "courier"

# All of one job lies below its page: an AccessLink opens just that.
urlpatterns = [
    path("", jobs.jobs, name="jobs"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("worker.js", app.worker, name="worker"),
    path("run/", run.run, name="run"),
    path("run/proposal/", run.proposal, name="run-proposal"),
    path("run/<str:number>/", run.stop, name="stop"),
    path("cash/", cash.cash, name="cash"),
    path("cash/tickets/<int:pk>/", cash.ticket, name="ticket"),
    path("cash/tickets/<int:pk>/messages/", cash.ticket_message, name="ticket-message"),
    path("cash/tickets/<int:pk>/files/<int:file>/", cash.ticket_file, name="ticket-file"),
    path("jobs/<str:number>/cash/", cash.job_cash, name="job-cash"),
    path("jobs/<str:number>/", jobs.job, name="job"),
    path("jobs/<str:number>/worker.js", app.job_worker, name="job-worker"),
    path("jobs/<str:number>/acceptance/", jobs.acceptance, name="acceptance"),
    path("jobs/<str:number>/passing/", jobs.passing, name="passing"),
    path("jobs/<str:number>/pick-up/", jobs.pick_up, name="pick-up"),
    path("jobs/<str:number>/delivery/", jobs.delivery, name="delivery"),
    path("jobs/<str:number>/fetching/", jobs.fetching, name="fetching"),
    path("jobs/<str:number>/failure/", jobs.failure, name="failure"),
    path("jobs/<str:number>/attempt/", jobs.attempt, name="attempt"),
    path("jobs/<str:number>/messages/", jobs.message, name="message"),
    path("jobs/<str:number>/files/<int:file>/", jobs.message_file, name="message-file"),
    path("jobs/<str:number>/note.pdf", jobs.note, name="note"),
    # what one was told
    path("search/", search.search, name="search"),
    path("news/", news.news, name="news"),
    path("news/seen/", news.seen, name="news-seen"),
    path("news/told/", told.told, name="told"),
    path("news/devices/", devices.devices, name="devices"),
    path("news/devices/<int:pk>/removal/", devices.removal, name="device-removal"),
    path("news/<int:pk>/", news.opened, name="news-item"),
]
