"""Talk: conversations about a document, notes for ourselves, the guest book, and who is told."""

from simpul.conversations.models.attachment import MOST_FILES, MessageFile, MessageFileQuerySet
from simpul.conversations.models.channel import SAID_BY, Channel
from simpul.conversations.models.conversation import (
    Conversation,
    ConversationQuerySet,
    NoColleague,
)
from simpul.conversations.models.device import Device
from simpul.conversations.models.follow_up import LONGEST_NEXT, FollowUp, FollowUpQuerySet
from simpul.conversations.models.guest import GuestEntry, GuestEntryQuerySet
from simpul.conversations.models.mark import ReadMark
from simpul.conversations.models.message import LONGEST_MESSAGE, Message, MessageQuerySet, NotOfThem
from simpul.conversations.models.note import InternalNote, InternalNoteQuerySet
from simpul.conversations.models.notice import OLD_NEWS, Notice, NoticeQuerySet
from simpul.conversations.models.preference import Hours, How, Kind, Preference
from simpul.conversations.models.reply import QuickReply, QuickReplyQuerySet
from simpul.conversations.models.ticket import (
    LONGEST_TITLE,
    NotACustomer,
    Ticket,
    TicketQuerySet,
    TicketWait,
)
from simpul.conversations.models.word import MessageWord

__all__ = [
    "LONGEST_MESSAGE",
    "LONGEST_NEXT",
    "LONGEST_TITLE",
    "MOST_FILES",
    "OLD_NEWS",
    "SAID_BY",
    "Channel",
    "Conversation",
    "ConversationQuerySet",
    "Device",
    "FollowUp",
    "FollowUpQuerySet",
    "GuestEntry",
    "GuestEntryQuerySet",
    "Hours",
    "How",
    "InternalNote",
    "InternalNoteQuerySet",
    "Kind",
    "Message",
    "MessageFile",
    "MessageFileQuerySet",
    "MessageQuerySet",
    "MessageWord",
    "NoColleague",
    "NotACustomer",
    "NotOfThem",
    "Notice",
    "NoticeQuerySet",
    "Preference",
    "QuickReply",
    "QuickReplyQuerySet",
    "ReadMark",
    "Ticket",
    "TicketQuerySet",
    "TicketWait",
]
