"""Talk: conversations about a document, notes for ourselves, the guest book, and who is told."""

from simpul.conversations.models.channel import Channel
from simpul.conversations.models.conversation import (
    Conversation,
    ConversationQuerySet,
    NoColleague,
)
from simpul.conversations.models.guest import GuestEntry, GuestEntryQuerySet
from simpul.conversations.models.mark import ReadMark
from simpul.conversations.models.message import LONGEST_MESSAGE, Message, MessageQuerySet
from simpul.conversations.models.note import InternalNote, InternalNoteQuerySet
from simpul.conversations.models.notice import OLD_NEWS, Notice, NoticeQuerySet
from simpul.conversations.models.ticket import Ticket, TicketQuerySet

__all__ = [
    "LONGEST_MESSAGE",
    "OLD_NEWS",
    "Channel",
    "Conversation",
    "ConversationQuerySet",
    "GuestEntry",
    "GuestEntryQuerySet",
    "InternalNote",
    "InternalNoteQuerySet",
    "Message",
    "MessageQuerySet",
    "NoColleague",
    "Notice",
    "NoticeQuerySet",
    "ReadMark",
    "Ticket",
    "TicketQuerySet",
]
