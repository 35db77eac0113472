"""The tables, one file a noun; importing this package registers them all (for migrations)."""

from storage.tables.apologies import Apology
from storage.tables.batches import Batch, BatchItem
from storage.tables.bundle_drafts import BundleDraft, BundleDraftEarlier, BundleDraftFile
from storage.tables.calendar import CalendarChange, CalendarEntry, CalendarMove, CalendarShift
from storage.tables.comments import Comment, PrivateNote
from storage.tables.definitions import Definition, Deployment, DeploymentFile
from storage.tables.documents import Document
from storage.tables.dossiers import Counter, Dossier
from storage.tables.drafts import Draft
from storage.tables.external import ExternalTask
from storage.tables.incidents import Incident
from storage.tables.instances import Instance, StartTimer
from storage.tables.interests import Interest
from storage.tables.jobs import IdempotencyRecord, Lease, OutboxMessage
from storage.tables.log import LogEvent, Seal
from storage.tables.messages import BufferedMessage, Conversation, StartEvent, Subscription, SubscriptionLabel
from storage.tables.notices import Notice
from storage.tables.pace import Mark, StepPace
from storage.tables.people import ApiToken, Group, GroupMember, Person, SignIn, Unit
from storage.tables.presence import Presence
from storage.tables.search import DossierSearch
from storage.tables.stores import DataStore
from storage.tables.substitutions import Substitution
from storage.tables.supplements import Supplement
from storage.tables.tasks import IS_CLOSED, IS_OPEN, Task, TaskAccess
from storage.tables.turns import TurnException
from storage.tables.uploads import Upload, UploadPiece
from storage.tables.views import SavedView

__all__ = [
    "IS_CLOSED",
    "IS_OPEN",
    "ApiToken",
    "Apology",
    "Batch",
    "BatchItem",
    "BufferedMessage",
    "BundleDraft",
    "BundleDraftEarlier",
    "BundleDraftFile",
    "CalendarChange",
    "CalendarEntry",
    "CalendarMove",
    "CalendarShift",
    "Comment",
    "Conversation",
    "Counter",
    "DataStore",
    "Definition",
    "Deployment",
    "DeploymentFile",
    "Document",
    "Dossier",
    "DossierSearch",
    "Draft",
    "ExternalTask",
    "Group",
    "GroupMember",
    "IdempotencyRecord",
    "Incident",
    "Instance",
    "Interest",
    "Lease",
    "LogEvent",
    "Mark",
    "Notice",
    "OutboxMessage",
    "Person",
    "Presence",
    "PrivateNote",
    "SavedView",
    "Seal",
    "SignIn",
    "StartEvent",
    "StartTimer",
    "StepPace",
    "Subscription",
    "SubscriptionLabel",
    "Substitution",
    "Supplement",
    "Task",
    "TaskAccess",
    "TurnException",
    "Unit",
    "Upload",
    "UploadPiece",
]
