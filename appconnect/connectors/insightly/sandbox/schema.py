"""Insightly's types of records.

Fields, lengths and operations are those of the vendor's OpenAPI description of v3.1, as data in
``schema.json`` and ``operations.txt``: https://api.na1.insightly.com/v3.1/swagger/docs/v3.1
It does not say what a product, price book, quotation, ticket, prospect or knowledge article has; these have
the fields that published clients read, and only a name that they cannot do without.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appconnect.sandbox.schema import Field, Record, read_schema

SCHEMA: Mapping[str, Record] = read_schema(
    json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
)


@dataclass(frozen=True)
class Entity:
    """A collection: ``name`` is singular as in links, ``path`` as in addresses, in lower case."""

    name: str
    path: str
    first_id: int = 1
    schema: str = ""
    """The record it holds, where the name is another one."""

    @property
    def record(self) -> Record:
        """The fields of a record, the id first."""
        return SCHEMA[self.schema or self.name]

    @property
    def id_field(self) -> str:
        """The name of the id field: ``CONTACT_ID``."""
        return next(iter(self.record.fields))

    def field(self, name: str) -> Field | None:
        """Return the field with a name in any case; None for a custom field, and for none at all."""
        return next((each for each in self.record.fields.values() if each.name.lower() == name.lower()), None)

    @property
    def lists(self) -> frozenset[str]:
        """The fields that brief leaves out."""
        return frozenset(name for name, known in self.record.fields.items() if known.many)


CONTACT = Entity("Contact", "contacts", 3101)
LEAD = Entity("Lead", "leads", 4101)
ORGANISATION = Entity("Organisation", "organisations", 77)
OPPORTUNITY = Entity("Opportunity", "opportunities", 501)
PROJECT = Entity("Project", "projects", 601)
EVENT = Entity("Event", "events", 5501)
TASK = Entity("Task", "tasks", 6501)
NOTE = Entity("Note", "notes", 7501)
EMAIL = Entity("Email", "emails", 8501)
USER = Entity("User", "users", 41)
FILE = Entity("FileAttachment", "fileattachments", 9501)
COMMENT = Entity("Comment", "comments", 9001)
MILESTONE = Entity("Milestone", "milestones", 651)
TEAM = Entity("Team", "teams", 301)
TEAM_MEMBER = Entity("TeamMember", "teammembers", 321)
LEAD_SOURCE = Entity("LeadSource", "leadsources", 11)
LEAD_STATUS = Entity("LeadStatus", "leadstatuses", 21)
PIPELINE = Entity("Pipeline", "pipelines", 111)
STAGE = Entity("PipelineStage", "pipelinestages", 121)
ACTIVITY_SET = Entity("ActivitySet", "activitysets", 151)
STATE_REASON = Entity("OpportunityStateReason", "opportunitystatereasons", 141)
RELATIONSHIP = Entity("Relationship", "relationships", 161)
COUNTRY = Entity("Country", "countries")
CURRENCY = Entity("Currency", "currencies")
FILE_CATEGORY = Entity("FileCategory", "filecategories", 171, "Category")
OPPORTUNITY_CATEGORY = Entity("OpportunityCategory", "opportunitycategories", 181, "Category")
PROJECT_CATEGORY = Entity("ProjectCategory", "projectcategories", 191, "Category")
TASK_CATEGORY = Entity("TaskCategory", "taskcategories", 201, "Category")
PRODUCT = Entity("Product", "product", 211)
PRICEBOOK = Entity("Pricebook", "pricebook", 221)
PRICEBOOK_ENTRY = Entity("PricebookEntry", "pricebookentry", 231)
OPPORTUNITY_LINE_ITEM = Entity("OpportunityLineItem", "opportunitylineitem", 241)
QUOTATION = Entity("Quotation", "quotation", 251)
QUOTATION_LINE_ITEM = Entity("QuotationLineItem", "quotationlineitem", 261)
QUOTATION_DOCUMENT = Entity("QuotationDocument", "quotationdocument", 271)
PROSPECT = Entity("Prospect", "prospect", 281)
TICKET = Entity("Ticket", "ticket", 291)
ARTICLE = Entity("KnowledgeArticle", "knowledgearticle", 331)
ARTICLE_CATEGORY = Entity("KnowledgeArticleCategory", "knowledgearticlecategory", 341)
ARTICLE_FOLDER = Entity("KnowledgeArticleFolder", "knowledgearticlefolder", 351)
CUSTOM_OBJECT = Entity("CustomObject", "customobjects")
VEHICLE = Entity("Vehicle__c", "vehicle__c", 361, "CustomObjectRecord")
"""A type of record that the account made itself."""
CATEGORIES = {
    OPPORTUNITY: OPPORTUNITY_CATEGORY, PROJECT: PROJECT_CATEGORY, TASK: TASK_CATEGORY,
    ARTICLE: ARTICLE_CATEGORY, ARTICLE_FOLDER: ARTICLE_CATEGORY,
}  # fmt: skip
"""What CATEGORY_ID names, by the type of record."""
LINKED = (CONTACT, LEAD, ORGANISATION, OPPORTUNITY, PROJECT)
"""What links lead to; a link between two of them is seen from both."""
ACTIVITIES = (EVENT, TASK, NOTE, EMAIL)
"""What is linked to them, and seen from there in lists of its own."""
ENTITIES = (
    *LINKED, *ACTIVITIES, USER, FILE, COMMENT, MILESTONE, TEAM, TEAM_MEMBER, LEAD_SOURCE, LEAD_STATUS,
    PIPELINE, STAGE, ACTIVITY_SET, STATE_REASON, RELATIONSHIP, COUNTRY, CURRENCY, FILE_CATEGORY,
    OPPORTUNITY_CATEGORY, PROJECT_CATEGORY, TASK_CATEGORY, PRODUCT, PRICEBOOK, PRICEBOOK_ENTRY,
    OPPORTUNITY_LINE_ITEM, QUOTATION, QUOTATION_LINE_ITEM, QUOTATION_DOCUMENT, PROSPECT, TICKET, ARTICLE,
    ARTICLE_CATEGORY, ARTICLE_FOLDER, CUSTOM_OBJECT, VEHICLE,
)  # fmt: skip
PARTS_OF_OTHERS = (
    MILESTONE, PRICEBOOK_ENTRY, OPPORTUNITY_LINE_ITEM, QUOTATION_LINE_ITEM, QUOTATION_DOCUMENT,
)  # fmt: skip
"""What is added, changed and deleted below the record that it is a part of."""
LINKABLE = {entity.name.lower(): entity for entity in LINKED}
REFERENCES = {
    "OWNER_USER_ID": USER, "RESPONSIBLE_USER_ID": USER, "RESPONSIBLE_USER": USER, "MEMBER_USER_ID": USER,
    "ORGANISATION_ID": ORGANISATION, "OPPORTUNITY_ID": OPPORTUNITY, "PROJECT_ID": PROJECT, "EMAIL_ID": EMAIL,
    "MILESTONE_ID": MILESTONE, "PARENT_TASK_ID": TASK, "TEAM_ID": TEAM, "ASSIGNED_TEAM_ID": TEAM,
    "PIPELINE_ID": PIPELINE, "STAGE_ID": STAGE, "ACTIVITYSET_ID": ACTIVITY_SET,
    "STATE_REASON_ID": STATE_REASON, "LEAD_SOURCE_ID": LEAD_SOURCE, "LEAD_STATUS_ID": LEAD_STATUS,
    "RELATIONSHIP_ID": RELATIONSHIP,
    "FILE_CATEGORY_ID": FILE_CATEGORY, "CONTACT_ID": CONTACT, "PRODUCT_ID": PRODUCT,
    "PRICEBOOK_ID": PRICEBOOK, "PRICEBOOK_ENTRY_ID": PRICEBOOK_ENTRY, "FOLDER_ID": ARTICLE_FOLDER,
}  # fmt: skip
"""Field → what it names by id; for CATEGORY_ID see `CATEGORIES`."""
CHOSEN = {
    LEAD_SOURCE: [(LEAD, "LEAD_SOURCE_ID")],
    LEAD_STATUS: [(LEAD, "LEAD_STATUS_ID")],
    FILE_CATEGORY: [(FILE, "FILE_CATEGORY_ID")],
    **{category: [(entity, "CATEGORY_ID")] for entity, category in CATEGORIES.items()},
}
"""What is not deleted as long as a record names it, and where it is named."""
