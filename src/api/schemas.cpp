#include "api/schemas.h"

namespace tg::api {

const std::string_view kSchemas = R"json({
 "Text": {"type": "string"},
 "Binary": {"type": "string", "contentEncoding": "binary"},
 "Document": {"type": "object"},
 "Settings": {"type": "object", "properties": {"file": {"type": "string"}, "fileRead": {"type": "boolean"}, "values": {
   "type": "array", "items": {"type": "object", "required": ["key", "value", "origin"], "properties": {"key": {"type":
   "string"}, "value": {}, "origin": {"enum": ["default", "file", "env", "flag"]}, "unit": {"type": "string"},
   "effect": {"type": "string"}}}}}},
 "Error": {"type": "object", "required": ["success", "error", "message", "statusCode"], "properties": {"success": {
   "const": false}, "error": {"type": "string"}, "message": {"type": "string"}, "statusCode": {"type": "integer"},
   "oldest": {"type": "integer"}, "received": {"type": "integer", "description": "of an upload: go on there"}, "problems": {"type": "array", "items": {"type": "object", "required": ["field",
   "message"], "properties": {"field": {"type": "string"}, "message": {"type": "string"}, "offset": {"type":
   "integer"}}}}}},
 "Pagination": {"type": "object", "required": ["total", "limit", "hasMore"], "properties": {"total": {"type":
   "integer"}, "totalExact": {"type": "boolean"}, "limit": {"type": "integer"}, "offset": {"type": "integer"},
   "page": {"type": "integer"}, "totalPages": {"type": "integer"}, "hasMore": {"type": "boolean"}, "nextCursor": {
   "type": ["string", "null"]}, "prevCursor": {"type": ["string", "null"]}, "absent": {"type": "object", "description":
   "why the message that the page is around is not in it, where that is known", "required": ["reason"], "properties": {"reason": {"enum": ["erased", "deleted"]},
   "date": {"type": "string", "format": "date-time"}, "keepDays": {"type": "integer"}, "deletedAt": {"type": "string",
   "format": "date-time"}}}, "oldestId": {"type": "integer",
   "description": "of log records: the oldest that is in memory"}, "newestId": {"type": "integer"}}},
 "Entity": {"type": "object", "required": ["type", "offset", "length"], "properties": {"type": {"type": "string"},
   "offset": {"type": "integer"}, "length": {"type": "integer"}, "url": {"type": "string"}, "language": {"type":
   "string"}, "userId": {"type": "string"}, "emojiId": {"type": "string"}}},
 "Media": {"type": "object", "required": ["type"], "properties": {"type": {"enum": ["photo", "video", "audio",
   "voice", "video_note", "animation", "sticker", "document", "contact", "location", "poll", "other"]}, "uniqueId":
   {"type": "string"}, "fileName": {"type": "string"}, "mimeType": {"type": "string"}, "size": {"type": "integer"},
   "width": {"type": "integer"}, "height": {"type": "integer"}, "duration": {"type": "integer"}, "miniature": {
   "type": "string"}, "url": {"type": "string"}, "absent": {"type": "string"}}},
 "LinkPreview": {"type": "object", "required": ["type", "url"], "properties": {"type": {"enum": ["twitter",
   "youtube", "instagram", "generic"]}, "url": {"type": "string"}, "title": {"type": "string"}, "description": {
   "type": "string"}, "siteName": {"type": "string"}, "author": {"type": "string"}, "image": {"type": "string"},
   "twitter": {"type": ["object", "null"]}, "youtube": {"type": ["object", "null"]}, "instagram": {"type": ["object",
   "null"]}}},
 "Reply": {"type": "object", "required": ["messageId"], "properties": {"messageId": {"type": "integer"},
   "channelId": {"type": "string"}, "text": {"type": "string"}, "sender": {"type": "string"}}},
 "Origin": {"enum": ["live", "catchup", "backfill", "import"]},
 "Message": {"type": "object", "required": ["id", "messageId", "channelId", "channelTitle", "text", "date",
   "hasMedia", "source", "messageType", "status", "receivedAt", "telegramDate", "metadata", "createdAt", "updatedAt",
   "seq", "arrivalSeq", "key", "scope", "origin", "versions"], "properties": {"id": {"type": "string"},
   "messageId": {"type": "integer"}, "channelId": {"type": "string"}, "channelTitle": {"type": "string"}, "text": {
   "type": "string"}, "date": {"type": "string", "format": "date-time"}, "sender": {"type": "string"}, "hasMedia": {
   "type": "boolean"}, "photoUrl": {"type": "string"}, "linkPreview": {"$ref": "#/components/schemas/LinkPreview"},
   "caption": {"type": "string"}, "mediaType": {"type": "string"}, "mediaRefs": {"type": "array", "items": {"type":
   "string"}}, "threadId": {"type": "integer"}, "source": {"enum": ["tdlib", "export_file", "demo"]},
   "messageType": {"type": "string"}, "status": {"enum": ["received", "queued", "published", "retrying", "failed",
   "reprocess_pending", "reprocessed", "deleted"]}, "receivedAt": {"type": "string", "format": "date-time"},
   "telegramDate": {"type": "string", "format": "date-time"}, "publishedAt": {"type": "string", "format":
   "date-time"}, "metadata": {"type": "object", "properties": {"replyTo": {"$ref": "#/components/schemas/Reply"},
   "linkPreview": {"$ref": "#/components/schemas/LinkPreview"}}}, "createdAt": {"type": "string", "format":
   "date-time"}, "updatedAt": {"type": "string", "format": "date-time"}, "deletedAt": {"type": "string", "format":
   "date-time"}, "seq": {"type": "integer"}, "arrivalSeq": {"type": "integer"}, "key": {"type": "string"}, "scope":
   {"type": "integer"}, "origin": {"$ref": "#/components/schemas/Origin"}, "editDate": {"type": "string", "format":
   "date-time"}, "restoredAt": {"type": "string", "format": "date-time"}, "versions": {"type": "integer", "minimum":
   1}, "entities": {"type": "array", "items": {"$ref":
   "#/components/schemas/Entity"}}, "media": {"$ref": "#/components/schemas/Media"}, "albumId": {"type": "string"},
   "replyTo": {"$ref": "#/components/schemas/Reply"}, "forward": {"type": "object", "properties": {"name": {"type":
   "string"}, "channelId": {"type": "string"}, "messageId": {"type": "integer"}, "date": {"type": "string",
   "format": "date-time"}}}, "views": {"type": "integer"}, "forwards": {"type": "integer"}, "reactions": {"type":
   "array", "items": {"type": "object", "required": ["emoji", "count"], "properties": {"emoji": {"type": "string"},
   "count": {"type": "integer"}}}}, "poll": {"type": "object", "required": ["question", "options", "totalVoters",
   "closed"], "properties": {"question": {"type": "string"}, "options": {"type": "array", "items": {"type": "object",
   "required": ["text", "voters"], "properties": {"text": {"type": "string"}, "voters": {"type": "integer"}}}},
   "totalVoters": {"type": "integer"}, "closed": {"type": "boolean"}}}, "service": {"type": "string"}, "senderId": {
   "type": "string"}, "signature": {"type": "string"}, "viaBot": {"type": "string"}, "latenessMs": {"type":
   "integer"}, "sanitised": {"const": true}, "redacted": {"const": true}, "tags": {"type": "array", "items": {"type": "string"}}, "topicId": {"type": "string"}, "topicTitle": {"type": "string"}, "matches": {"type": "array", "description": "of a search, in UTF-16 units", "items": {"type": "object", "required": [
   "offset", "length"], "properties": {"offset": {"type": "integer"}, "length": {"type": "integer"}}}}, "processedBy": {
   "type": "array", "items": {"type": "string"}}}},
 "Version": {"type": "object", "required": ["key", "seq", "kind", "n", "observedAt", "recordedAt", "origin",
   "source", "current", "text"], "properties": {"key": {"type": "string"}, "seq": {"type": "integer"}, "kind": {
   "type": "string"}, "n": {"type": "integer"}, "editDate": {"type": "string", "format": "date-time"},
   "observedAt": {"type": "string", "format": "date-time"}, "recordedAt": {"type": "string", "format": "date-time"},
   "origin": {"$ref": "#/components/schemas/Origin"}, "source": {"type": "string"}, "current": {"type": "boolean"},
   "text": {"type": "string"}, "entities": {"type": "array", "items": {"$ref": "#/components/schemas/Entity"}},
   "media": {"$ref": "#/components/schemas/Media"}, "linkPreview": {"$ref": "#/components/schemas/LinkPreview"}}},
 "Delivery": {"type": "object", "required": ["versionSeq", "observedAt", "steps"], "properties": {"versionSeq": {
   "type": "integer"}, "observedAt": {"type": "string", "format": "date-time"}, "steps": {"type": "array", "items":
   {"type": "object", "required": ["name", "kind", "state"], "properties": {"name": {"type": "string"}, "kind": {
   "enum": ["journal", "search", "store", "database", "cache", "broker", "webhook", "rule", "consumer"]}, "state": {
   "enum": ["done", "waiting", "gapped", "none"]}, "at": {"type": "string", "format": "date-time", "description":
   "not there where it was too long ago to be known"}, "afterMs": {"type": "integer", "description":
   "since the gateway saw this content"}, "why": {"enum": ["set_aside", "trimmed", "before_it_began", "origin_not_asked_for",
   "not_offered_yet", "offered", "given_up", "earlier_version"]}, "offered": {"type": "integer"}, "offeredAt": {"type":
   "string", "format": "date-time"}, "nextTryAt": {"type": "string", "format": "date-time"}, "detail": {"type":
   "string"}}}}}},
 "Channel": {"type": "object", "required": ["id", "channelId", "title", "label", "description", "kind", "active",
   "isActive", "totalMessages", "messageCount", "lastMessageDate", "createdAt", "updatedAt"], "properties": {"id": {
   "type": "string"}, "channelId": {"type": "string"}, "title": {"type": "string"}, "label": {"type": "string"},
   "description": {"type": ["string", "null"]}, "username": {"type": "string"}, "kind": {"type": "string"},
   "active": {"type": "boolean"}, "isActive": {"type": "boolean"}, "registered": {"type": "boolean"},
   "totalMessages": {"type": "integer"}, "messageCount": {"type": "integer"}, "deletedMessages": {"type": "integer"},
   "lastMessageDate": {"type": ["string", "null"], "format": "date-time"}, "lastMessageAt": {"type": "string",
   "format": "date-time"}, "migratedTo": {"type": "string"}, "migratedFrom": {"type": "string"}, "topics": {"type": "array", "maxItems": 1000, "items": {"type": "object",
   "required": ["id", "title"], "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}}, "createdAt": {
   "type": "string", "format": "date-time"}, "updatedAt": {"type": "string", "format": "date-time"}}},
 "Counts": {"type": "object", "required": ["expected", "accounted", "stored", "empty", "deleted", "missing",
   "acceptedLost", "unknown"], "properties": {"expected": {"type": "integer"}, "accounted": {"type": "integer"},
   "stored": {"type": "integer"}, "empty": {"type": "integer"}, "deleted": {"type": "integer"}, "missing": {"type":
   "integer"}, "acceptedLost": {"type": "integer"}, "unknown": {"type": "integer"}, "provenAt": {"type": "string",
   "format": "date-time"}}},
 "BarState": {"enum": ["proven", "hole", "unknown", "lost"]},
 "BarPart": {"type": "object", "required": ["from", "to", "state"], "properties": {"from": {"type": "integer"},
   "to": {"type": "integer"}, "state": {"$ref": "#/components/schemas/BarState"}}},
 "Hole": {"type": "object", "required": ["from", "to", "ids", "since", "cause"], "properties": {"from": {"type":
   "integer"}, "to": {"type": "integer"}, "ids": {"type": "integer"}, "since": {"type": "string", "format":
   "date-time"}, "cause": {"type": "string"}}},
 "Coverage": {"allOf": [{"$ref": "#/components/schemas/Counts"}, {"type": "object", "required": ["from", "to",
   "holes", "bar"], "properties": {"from": {"type": "integer"}, "to": {"type": "integer"}, "holes": {"type": "array",
   "items": {"$ref": "#/components/schemas/Hole"}}, "noAccess": {"type": "object", "required": ["since", "reason"],
   "properties": {"since": {"type": "string", "format": "date-time"}, "reason": {"type": "string"}}}, "bar": {
   "type": "array", "items": {"$ref": "#/components/schemas/BarPart"}}}}]},
 "Range": {"type": "object", "required": ["from", "to", "ids", "state", "proof"], "properties": {"from": {"type":
   "integer"}, "to": {"type": "integer"}, "ids": {"type": "integer"}, "state": {"$ref":
   "#/components/schemas/BarState"}, "proof": {"enum": ["walk", "live", null]}, "account": {"type": "string"},
   "provenAt": {"type": "string", "format": "date-time"}, "since": {"type": "string", "format": "date-time"},
   "cause": {"type": "string"}}},
 "CoverageRanges": {"allOf": [{"$ref": "#/components/schemas/Coverage"}, {"type": "object", "required": ["ranges",
   "promised", "storedMessages", "storedFrom", "storedTo"], "properties": {"promised": {"type": "boolean"},
   "storedMessages": {"type": "integer"}, "storedFrom": {"type": "integer"}, "storedTo": {"type": "integer"},
   "ranges": {"type": "array", "items": {"$ref": "#/components/schemas/Range"}}, "time": {"type": "object",
   "properties": {"from": {"type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time"},
   "bar": {"type": "array", "items": {"type": "object", "required": ["from", "to", "state"], "properties": {"from": {
   "type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time"}, "state": {"type":
   "string"}}}}}}}}]},
 "ChannelRow": {"allOf": [{"$ref": "#/components/schemas/Channel"}, {"type": "object", "required": ["avatar",
   "state", "coverage", "hourly"], "properties": {"avatar": {"type": "object", "required": ["initials", "hue"],
   "properties": {"initials": {"type": "string"}, "hue": {"type": "integer", "minimum": 0, "maximum": 9}}},
   "state": {"type": "object", "required": ["code"], "properties": {"code": {"enum": ["complete", "hole",
   "unproven", "silent", "history", "imported", "stopped", "empty", "private"]}, "missing": {"type": "integer"},
   "since": {"type": "string", "format": "date-time"}, "progress": {"type": "number"}, "secondsLeft": {"type": "integer"}}},
   "coverage": {"$ref": "#/components/schemas/Coverage"}, "lastMessage": {"type": "object", "required": ["id",
   "messageId", "text"], "properties": {"id": {"type": "string"}, "messageId": {"type": "integer"}, "text": {
   "type": "string"}, "media": {"type": "string"}}}, "hourly": {"type": "array", "items": {"type": "integer"}, "minItems": 24, "maxItems": 24},
   "lag": {"$ref": "#/components/schemas/Lag"}, "silence": {"$ref": "#/components/schemas/Silence"}}}]
   },
 "Lag": {"type": "object", "description": "the worst time from date to disk of the last 15 minutes",
   "required": ["seconds", "at", "late"], "properties": {"seconds": {"type": "integer"}, "at": {"type":
   "string", "format": "date-time"}, "late": {"type": "boolean"}}},
 "Silence": {"type": "object", "description": "nothing was posted for longer than usual, as the server confirmed",
   "required": ["since", "usualSeconds", "provenAt"], "properties": {"since": {"type": "string", "format":
   "date-time"}, "usualSeconds": {"type": "integer"}, "provenAt": {"type": "string", "format": "date-time"}}},
 "ChannelStats": {"type": "object", "required": ["channel", "statistics", "topSenders", "messagesByDate"],
   "properties": {"channel": {"$ref": "#/components/schemas/Channel"}, "statistics": {"type": "object", "required":
   ["totalMessages", "messagesLast24h", "messagesLast7d", "messagesLast30d", "averagePerDay", "messagesWithMedia",
   "mediaPercentage"], "properties": {"totalMessages": {"type": "integer"}, "messagesLast24h": {"type": "integer"},
   "messagesLast7d": {"type": "integer"}, "messagesLast30d": {"type": "integer"}, "averagePerDay": {"type": "number"
   }, "messagesWithMedia": {"type": "integer"}, "mediaPercentage": {"type": "number"}}}, "topSenders": {"type":
   "array", "items": {"type": "object", "required": ["sender", "count"], "properties": {"sender": {"type": "string"},
   "count": {"type": "integer"}}}}, "messagesByDate": {"type": "array", "items": {"type": "object", "required": [
   "date", "count"], "properties": {"date": {"type": "string"}, "count": {"type": "integer"}}}}, "hourOfWeek": {"type":
   "array", "items": {"type": "integer"}, "description": "last four weeks, Monday 00:00 UTC first"}}},
 "NamedChannel": {"type": "object", "required": ["asked", "state", "registered", "added"], "properties": {"asked": {
   "type": "string"}, "line": {"type": "integer"}, "state": {"enum": ["found", "invalid", "unknown", "closed", "refused",
   "waiting"]}, "registered": {"type": "boolean"}, "added": {"type": "boolean"}, "reason": {"type": "string"}, "fix": {
   "type": "string"}, "waitUntil": {"type": "string", "format": "date-time"}, "channelId": {"type": "string"}, "title": {
   "type": "string"}, "username": {"type": "string"}, "kind": {"enum": ["channel", "supergroup", "group"]}, "picture": {
   "type": "string"}, "member": {"type": "boolean"}, "asksToJoin": {"type": "boolean"}, "members": {"type": "integer"},
   "newestId": {"type": "integer"}, "messages": {"type": "integer"}, "requests": {"type": "integer"},
   "secondsToFetch": {"type": "integer"}, "note": {"type": "string"}}},
 "NamedChannels": {"type": "object", "required": ["rows", "found", "refused", "waiting", "added", "messages",
   "secondsToFetch"], "properties": {"rows": {"type": "array", "items": {"$ref": "#/components/schemas/NamedChannel"}},
   "found": {"type": "integer"}, "refused": {"type": "integer"}, "waiting": {"type": "integer"}, "added": {"type":
   "integer"}, "messages": {"type": "integer"}, "secondsToFetch": {"type": "integer"}, "waitUntil": {"type": "string",
   "format": "date-time"}}},
 "AddedChannels": {"anyOf": [{"$ref": "#/components/schemas/Channel"}, {"$ref": "#/components/schemas/NamedChannels"}]},
 "Folder": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": {"type":
   "string"}}},
 "Removed": {"type": "object", "required": ["removed"], "properties": {"removed": {"type": "boolean"}, "channelId":
   {"type": "string"}, "name": {"type": "string"}}},
 "Unprocessed": {"type": "object", "required": ["success", "data", "count", "filters"], "properties": {"success": {
   "const": true}, "data": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}, "count": {"type":
   "integer"}, "filters": {"type": "object", "required": ["channelId", "statuses", "excludeProcessedBy"],
   "properties": {"channelId": {"type": "string"}, "statuses": {"type": "array", "items": {"type": "string"}},
   "excludeProcessedBy": {"type": ["string", "null"]}}}}},
 "Marked": {"type": "object", "required": ["requested", "updated", "processedBy"], "properties": {"requested": {
   "type": "integer"}, "updated": {"type": "integer"}, "processedBy": {"type": "string"}}},
 "Consumer": {"type": "object", "required": ["name", "ackSeq", "pending", "redeliverEdits", "origins", "createdAt"],
   "properties": {"name": {"type": "string"}, "ackSeq": {"type": "integer"}, "pending": {"type": "integer"},
   "redeliverEdits": {"type": "boolean"}, "origins": {"type": "array", "items": {"$ref":
   "#/components/schemas/Origin"}}, "createdAt": {"type": "string", "format": "date-time"}, "lastSeenAt": {"type":
   "string", "format": "date-time"}, "ackedAt": {"type": "string", "format": "date-time"}}},
 "Event": {"type": "object", "required": ["v", "seq", "key", "kind", "origin", "source", "account", "observed_at"],
   "properties": {"v": {"const": 1}, "seq": {"type": "integer"}, "key": {"type": "string"}, "kind": {"enum": ["new",
   "edited", "deleted", "restored", "counters", "channel", "channel_migrated", "reprocess", "filled"]}, "origin": {
   "$ref": "#/components/schemas/Origin"}, "source": {"type": "string"}, "account": {"type": "integer"}, "scope": {
   "type": "integer"}, "peer": {"type": "integer"}, "id": {"type": "integer"}, "edit_date": {"type": "integer"},
   "n": {"type": "integer"}, "observed_at": {"type": "string"}, "recorded_at": {"type": "string"}, "superseded": {
   "type": "boolean"}, "message": {"type": ["object", "null"]}}},
 "EventPage": {"type": "object", "required": ["success", "data", "next", "oldest", "head"], "properties": {
   "success": {"const": true}, "data": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}, "next": {
   "type": "integer"}, "oldest": {"type": "integer"}, "head": {"type": "integer"}}},
 "Destination": {"type": "object", "required": ["name", "kind", "behindEvents", "behindSeconds", "ratePerMinute",
   "state"], "properties": {"name": {"type": "string"}, "kind": {"type": "string"}, "behindEvents": {"type":
   "integer"}, "behindSeconds": {"type": "number"}, "ratePerMinute": {"type": "number"}, "lastError": {"type":
   "string"}, "nextTryAt": {"type": "string", "format": "date-time"}, "state": {"enum": ["ok", "late", "gapped",
   "parked", "off"]}, "delivered": {"type": "integer", "description": "events since the gateway started"}, "parkedAt": {
   "type": "string", "format": "date-time"}, "missed": {"type": "object", "description":
   "trimmed from the journal before it had it", "required": ["after", "until", "noticedAt"], "properties": {
   "atMost": {"type": "integer", "description": "events; absent where numbers do not tell"}, "after": {"type": "integer"}, "until": {"type": "integer"},
   "noticedAt": {"type": "string", "format": "date-time"}}}, "acts": {"type": "array", "description":
   "what may be asked of it", "items": {"enum": ["try-now", "park", "resume", "resend", "accept-missed"]}}}},
 "DestinationLag": {"type": "object", "required": ["stepSeconds", "points"], "properties": {"stepSeconds": {"const": 60},
   "points": {"type": "array", "items": {"type": "object", "required": ["at", "behindEvents", "behindSeconds"],
   "properties": {"at": {"type": "string", "format": "date-time"}, "behindEvents": {"type": "integer"},
   "behindSeconds": {"type": "number"}}}}}},
 "DestinationAsked": {"type": "object", "required": ["name", "done"], "properties": {"name": {"type": "string"}, "done":
   {"const": true}}},
 "ResendBody": {"type": "object", "properties": {"since": {"type": "string", "description":
   "a date or a time; without it everything that the journal has"}, "dryRun": {"type": "boolean"}}},
 "Resent": {"type": "object", "required": ["name", "events", "eventsExact", "from", "dryRun"], "properties": {"name": {
   "type": "string"}, "events": {"type": "integer"}, "eventsExact": {"type": "boolean"}, "from": {"type": "integer",
   "description": "everything behind this number"}, "dryRun": {"type": "boolean"}}},
 "Attention": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}, "channelId": {
   "type": "string"}, "title": {"type": "string"}, "destination": {"type": "string"}, "count": {"type": "integer"},
   "since": {"type": "string", "format": "date-time"}, "secondsLeft": {"type": "integer"}, "detail": {"type":
   "string"}}},
 "GatewayMetrics": {"type": "object", "required": ["raw", "parsed", "summary"], "properties": {"raw": {"type":
   "string"}, "parsed": {"type": "object"}, "summary": {"$ref": "#/components/schemas/MetricsSummary"}}},
 "MetricsSummary": {"type": "object", "required": ["connectionStatus", "messagesReceivedTotal",
   "messagesPublishedTotal", "publishFailuresTotal", "retryAttemptsTotal", "failureQueueSize"], "properties": {
   "connectionStatus": {"type": "number"}, "messagesReceivedTotal": {"type": "number"}, "messagesPublishedTotal": {
   "type": "number"}, "publishFailuresTotal": {"type": "number"}, "retryAttemptsTotal": {"type": "number"},
   "failureQueueSize": {"type": "number"}}},
 "GatewayQueue": {"type": "object", "required": ["exists", "path", "sizeBytes", "updatedAt", "totalMessages",
   "previewLimit", "previewCount", "preview"], "properties": {"exists": {"type": "boolean"}, "path": {"type":
   "string"}, "sizeBytes": {"type": "integer"}, "updatedAt": {"type": ["string", "null"], "format": "date-time"},
   "totalMessages": {"type": "integer"}, "previewLimit": {"type": "integer"}, "previewCount": {"type": "integer"},
   "preview": {"type": "array", "items": {"type": "object", "required": ["channelId", "messageId", "textPreview",
   "failedAt", "queuedAt", "createdAt", "parseError", "raw"], "properties": {"channelId": {"type": ["string", "null"
   ]}, "messageId": {"type": ["integer", "null"]}, "textPreview": {"type": "string"}, "failedAt": {"type": "string",
   "format": "date-time"}, "queuedAt": {"type": "string", "format": "date-time"}, "createdAt": {"type": "string",
   "format": "date-time"}, "parseError": {"type": ["string", "null"]}}}}}},
 "GatewaySession": {"type": "object", "required": ["exists", "path", "sizeBytes", "updatedAt", "ageMs"],
   "properties": {"exists": {"type": "boolean"}, "path": {"type": ["string", "null"]}, "sizeBytes": {"type":
   "integer"}, "updatedAt": {"type": ["string", "null"], "format": "date-time"}, "ageMs": {"type": ["integer",
   "null"]}}},
 "MessagesSummary": {"type": "object", "required": ["total", "byStatus", "recent", "pagination"], "properties": {
   "total": {"type": "integer"}, "byStatus": {"type": "array", "items": {"type": "object", "required": ["status",
   "total"], "properties": {"status": {"type": "string"}, "total": {"type": "integer"}}}}, "recent": {"type":
   "array", "items": {"$ref": "#/components/schemas/Message"}}, "pagination": {"$ref":
   "#/components/schemas/Pagination"}}},
 "Health": {"type": "object", "required": ["status", "service", "timestamp"], "properties": {"status": {"type":
   "string"}, "service": {"type": "string"}, "timestamp": {"type": "string", "format": "date-time"}, "telegram": {
   "enum": ["connected", "disconnected"]}, "uptime": {"type": "number"}}},
 "Overview": {"type": "object", "required": ["health", "metrics", "queue", "session", "messages", "timestamp", "now",
   "version", "capture", "verdict", "completeness", "days", "figures", "attention", "destinations", "perMinute",
   "accounts"], "properties": {"health": {"$ref": "#/components/schemas/Health"}, "metrics": {"type": "object",
   "required": ["parsed", "summary"], "properties": {"parsed": {"type": "object"}, "summary": {"$ref":
   "#/components/schemas/MetricsSummary"}}}, "queue": {"$ref": "#/components/schemas/GatewayQueue"}, "session": {
   "$ref": "#/components/schemas/GatewaySession"}, "messages": {"$ref": "#/components/schemas/MessagesSummary"},
   "timestamp": {"type": "string", "format": "date-time"}, "now": {"type": "string", "format": "date-time"},
   "version": {"type": "string"}, "capture": {"type": "object", "required": ["state"], "properties": {"state": {
   "enum": ["running", "stopped", "signed_out", "none"]}, "since": {"type": "string", "format": "date-time"},
   "source": {"type": "string"}, "reason": {"type": "string"}}}, "verdict": {"type": "object", "required": ["code",
   "missing", "lost", "channels"], "properties": {"code": {"enum": ["complete", "hole", "stale", "stopped",
   "sign_in", "archive", "empty", "private"]}, "missing": {"type": "integer"}, "lost": {"type": "integer"}, "since": {"type": "string",
   "format": "date-time"}, "provenAt": {"type": "string", "format": "date-time"}, "secondsLeft": {"type": "integer"},
   "channels": {"type": "integer"}}}, "completeness": {"allOf": [{"$ref": "#/components/schemas/Counts"}, {"type":
   "object", "required": ["channels", "archived"], "properties": {"channels": {"type": "integer"}, "archived": {
   "type": "object", "required": ["channels", "messages"], "properties": {"channels": {"type": "integer"},
   "messages": {"type": "integer"}}}}}]}, "days": {"type": "array",
   "items": {"type": "object", "required": ["date", "state", "closed", "open"], "properties": {"date": {"type":
   "string"}, "state": {"enum": ["proven", "hole", "unknown", "none"]}, "closed": {"type": "integer"}, "open": {
   "type": "integer"}}}}, "figures": {"type": "object", "required": ["messagesPerMinute", "messagesToday", "disk"],
   "properties": {"messagesPerMinute": {"type": "number"}, "messagesToday": {"type": "integer"}, "storedP95Ms": {
   "type": "number"}, "pollsP95Ms": {"type": "number"}, "memoryHitRatio": {"type": "number"}, "slowest": {"type":
   "object", "required": ["name", "behindEvents", "behindSeconds"], "properties": {"name": {"type": "string"},
   "behindEvents": {"type": "integer"}, "behindSeconds": {"type": "number"}}}, "disk": {"type": "object",
   "required": ["freeBytes"], "properties": {"freeBytes": {"type": "integer"}, "daysLeft": {"type": "number"}}}}},
   "attention": {"type": "array", "items": {"$ref": "#/components/schemas/Attention"}}, "destinations": {"type":
   "array", "items": {"$ref": "#/components/schemas/Destination"}}, "jobsRunning": {"type": "integer"}, "perMinute": {"type": "array", "items": {
   "type": "object", "required": ["at", "live", "catchup", "other"], "properties": {"at": {"type": "string",
   "format": "date-time"}, "live": {"type": "integer"}, "catchup": {"type": "integer"}, "other": {"type": "integer"}
   }}}, "accounts": {"type": "array", "items": {"type": "object", "required": ["name", "kind", "state"],
   "properties": {"name": {"type": "string"}, "kind": {"type": "string"}, "state": {"type": "string"}, "since": {
   "type": "string", "format": "date-time"}}}}}},
 "GatewayStatus": {"type": "object", "required": ["mtproto", "database", "cache"], "properties": {"mtproto": {
   "type": "object", "required": ["status", "uptime", "lastSync"], "properties": {"status": {"type": "string"},
   "uptime": {"type": "number"}, "lastSync": {"type": ["string", "null"], "format": "date-time"}}}, "database": {
   "type": "object", "required": ["status", "totalMessages", "totalChannels"], "properties": {"status": {"type":
   "string"}, "totalMessages": {"type": "integer"}, "totalChannels": {"type": "integer"}}}, "cache": {"type":
   "object", "required": ["status", "hitRate"], "properties": {"status": {"type": "string"}, "hitRate": {"type":
   "number"}}}, "version": {"type": "string"}, "timestamp": {"type": "string", "format": "date-time"}}},
 "GatewayConfig": {"type": "object", "required": ["apiBaseUrl", "messagesBaseUrl", "channelsBaseUrl", "authToken",
   "environment", "features", "timestamp"], "properties": {"apiBaseUrl": {"type": "string"}, "messagesBaseUrl": {
   "type": "string"}, "channelsBaseUrl": {"type": "string"}, "authToken": {"const": ""}, "environment": {"type":
   "string"}, "features": {"type": "object"}, "timestamp": {"type": "string", "format": "date-time"}}},
 "Reloaded": {"type": "object", "required": ["reloaded", "timestamp"], "properties": {"reloaded": {"type": "boolean"
   }, "timestamp": {"type": "string", "format": "date-time"}}},
 "TimeSeries": {"type": "object", "required": ["stepSeconds", "points"], "properties": {"stepSeconds": {"enum": [10,
   60]}, "points": {"type": "array", "items": {"type": "object", "required": ["at", "seconds", "live", "catchup",
   "backfill", "import"], "properties": {"at": {"type": "string", "format": "date-time"}, "seconds": {"type":
   "integer"}, "live": {"type": "integer"}, "catchup": {"type": "integer"}, "backfill": {"type": "integer"},
   "import": {"type": "integer"}}}}}},
 "Job": {"type": "object", "required": ["id", "kind", "state"], "properties": {"id": {"type": "string"}, "kind": {
   "type": "string"}, "state": {"type": "string"}, "title": {"type": "string"}, "channelId": {"type": "string"},
   "progress": {"type": "number"}, "secondsLeft": {"type": "integer"}, "startedAt": {"type": "string", "format":
   "date-time"}, "finishedAt": {"type": "string", "format": "date-time"}, "waitUntil": {"type": "string", "format":
   "date-time"}, "pausedAt": {"type": "string", "format": "date-time", "description": "of a history that stands still"},
   "detail": {"type": "string"}, "error": {"type": "string"}, "channels": {"type": "array", "items": {
   "$ref": "#/components/schemas/FetchedChannel"}, "description": "of a sync, asked for by its id"}, "imported": {
   "$ref": "#/components/schemas/Imported"}}},
 "Imported": {"type": "object", "required": ["messages", "new", "changed", "known", "refused"], "properties": {
   "messages": {"type": "integer", "description": "read"}, "new": {"type": "integer"}, "changed": {"type": "integer",
   "description": "another version, or facts that were missing"}, "known": {"type": "integer"}, "refused": {"type":
   "integer", "description": "set aside, with their reasons in the failures"}}},
 "Import": {"type": "object", "required": ["id", "name", "state", "size", "received", "partBytes", "startedAt"],
   "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "state": {"enum": ["uploading", "importing",
   "done", "failed", "cancelled"]}, "size": {"type": "integer"}, "received": {"type": "integer"}, "partBytes": {"type":
   "integer", "description": "the most that a part should have"}, "progress": {"type": "number", "description":
   "of the import"}, "imported": {"$ref": "#/components/schemas/Imported"}, "error": {"type": "string"}, "startedAt": {
   "type": "string", "format": "date-time"}, "finishedAt": {"type": "string", "format": "date-time"}}},
 "ImportBody": {"type": "object", "required": ["size"], "properties": {"name": {"type": "string"}, "size": {"type":
   "integer", "maximum": 2147483648, "description": "bytes"}, "modified": {"type": "string", "format": "date-time",
   "description": "when the file was written: so old is what it says"}}},
 "FetchedChannel": {"type": "object", "required": ["channelId", "label", "messagesSynced", "messagesSaved", "missing",
   "state"], "properties": {"channelId": {"type": "string"}, "label": {"type": "string"}, "messagesSynced": {"type":
   "integer"}, "messagesSaved": {"type": "integer"}, "missing": {"type": "integer"}, "state": {"enum": ["waiting",
   "walking", "done", "incomplete", "refused", "unfinished", "not_captured"]}, "reason": {"type": "string"}}},
 "LossBody": {"type": "object", "required": ["from", "to"], "properties": {"from": {"type": "integer"}, "to": {"type":
   "integer"}, "reason": {"type": "string", "maxLength": 1000}}},
 "LossAccepted": {"type": "object", "required": ["channelId", "accepted"], "properties": {"channelId": {"type":
   "string"}, "accepted": {"type": "integer"}}},
 "JobStarted": {"type": "object", "required": ["jobId"], "properties": {"jobId": {"type": "string"}}},
 "LogRecord": {"type": "object", "required": ["id", "at", "level", "event", "fields"], "properties": {"id": {
   "type": "integer"}, "at": {"type": "string", "format": "date-time"}, "level": {"enum": ["debug", "info", "warn",
   "error"]}, "event": {"type": "string"}, "fields": {"type": "object"}}},
 "Failure": {"type": "object", "required": ["destination", "reason", "count", "items"], "properties": {
   "destination": {"type": "string"}, "reason": {"type": "string"}, "count": {"type": "integer"}, "advice": {
   "type": "string"}, "items": {"type": "array", "items": {"type": "object", "required": ["id", "channelId",
   "messageId", "at", "tries"], "properties": {"id": {"type": "string"}, "channelId": {"type": "string"}, "title": {
   "type": "string"}, "messageId": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}, "tries": {
   "type": "integer"}, "place": {"type": "string"}, "textPreview": {"type": "string"}}}}}},
 "FailureDetail": {"type": "object", "required": ["id", "destination", "reason", "seq", "tries", "firstAt", "lastAt",
   "payload", "payloadBytes"], "properties": {"id": {"type": "string"}, "destination": {"type": "string"}, "reason": {
   "type": "string"}, "seq": {"type": "integer"}, "place": {"type": "string"}, "tries": {"type": "integer"}, "firstAt": {
   "type": "string", "format": "date-time"}, "lastAt": {"type": "string", "format": "date-time"}, "payload": {"type":
   "string", "description": "as it was kept, at most 64 KB of it"}, "payloadBytes": {"type": "integer"}}},
 "FailuresChanged": {"type": "object", "required": ["matched", "changed", "dryRun"], "properties": {"matched": {
   "type": "integer"}, "changed": {"type": "integer"}, "dryRun": {"type": "boolean"}, "notTried": {"type": "array",
   "maxItems": 1000, "items": {"type": "object", "required": ["id", "why"], "properties": {"id": {"type": "string"},
   "why": {"type": "string"}}}}}},
 "AuthStatus": {"type": "object", "required": ["status", "running", "startedAt", "finishedAt", "logs"],
   "properties": {"status": {"enum": ["idle", "starting", "waiting_phone", "waiting_code", "processing_code", "waiting_password",
   "processing_password", "waiting_qr", "completed", "cancelling", "cancelled", "error"]}, "running": {"type":
   "boolean"}, "startedAt": {"type": ["string", "null"], "format": "date-time"}, "finishedAt": {"type": ["string",
   "null"], "format": "date-time"}, "logs": {"type": "array", "items": {"type": "object", "required": ["level",
   "message", "timestamp"], "properties": {"level": {"type": "string"}, "message": {"type": "string"}, "timestamp":
   {"type": "string", "format": "date-time"}}}}, "available": {"type": "boolean"}, "message": {"type": "string"}, "account": {"type":
   "string"}, "accounts": {"type": "array", "items": {"$ref": "#/components/schemas/Account"}}}},
 "Account": {"type": "object", "required": ["name", "kind", "status", "stage", "connection", "revoked", "duplicated", "unreachable"],
   "properties": {"name": {"type": "string"}, "kind": {"enum": ["user", "bot"]}, "status": {"type": "string"}, "stage": {"enum": [
   "starting", "phone", "code", "password", "qr", "ready", "closing", "closed"]}, "connection": {"type": "string"},
   "revoked": {"type": "boolean"}, "duplicated": {"type": "boolean"}, "unreachable": {"type": "boolean"},
   "connectionSince": {"type": "string", "format": "date-time"}, "since": {"type": "string", "format": "date-time"}, "userId": {"type": "string"},
   "shownName": {"type": "string"}, "code": {"type": "object", "properties": {"how": {"type": "string"}, "length": {
   "type": "integer"}, "phone": {"type": "string"}, "resendAt": {"type": "string", "format": "date-time"}}}, "passwordHint": {"type": "string"},
   "link": {"type": "string"}, "linkUntil": {"type": "string", "format": "date-time"}, "refused": {"type": "string"}, "floodUntil": {"type": "string", "format": "date-time"
   }}},
 "Synced": {"type": "object", "required": ["totalMessagesSynced", "totalMessagesSaved", "channelsSynced",
   "timestamp", "completed", "jobId"], "properties": {"totalMessagesSynced": {"type": "integer"},
   "totalMessagesSaved": {"type": "integer"}, "channelsSynced": {"type": "array", "items": {"$ref":
   "#/components/schemas/FetchedChannel"}}, "timestamp": {"type": "string", "format": "date-time"}, "completed": {"type":
   "boolean", "description": "it has ended, well or not"}, "state": {"enum": ["running", "done", "failed"]}, "waitUntil":
   {"type": "string", "format": "date-time"}, "error": {"type": "string"}, "jobId": {"type": "string"}}},
 "Session": {"type": "object", "required": ["required", "signedIn", "scopes"], "properties": {"required": {"type":
   "boolean"}, "signedIn": {"type": "boolean"}, "scopes": {"type": "array", "items": {"enum": ["read", "consume",
   "admin"]}}, "csrf": {"type": "string"}}},
 "Root": {"type": "object", "required": ["success", "name", "version"], "properties": {"success": {"type": "boolean"
   }, "name": {"type": "string"}, "version": {"type": "string"}, "dashboard": {"type": "string"}, "openapi": {
   "type": "string"}, "health": {"type": "string"}}},
 "RemoveBody": {"type": "object", "properties": {"reason": {"type": "string"}}},
 "ReprocessBody": {"type": "object", "properties": {"requestedBy": {"type": "string"}}},
 "ChannelBody": {"anyOf": [{"type": "object", "required": ["channelId"], "properties": {"channelId": {"type": ["string",
   "integer"]}, "label": {"type": "string"}, "description": {"type": "string"}, "isActive": {"type": "boolean"},
   "account": {"type": "string"}, "join": {"type": "boolean"}}}, {"$ref": "#/components/schemas/NamedBody"}]},
 "NamedBody": {"type": "object", "properties": {"channels": {"type": "array", "maxItems": 1000, "items": {"type": [
   "string", "integer"]}}, "folder": {"type": "string"}, "csv": {"type": "string"}, "account": {"type": "string"},
   "join": {"type": "boolean"}}},
 "ChannelChange": {"type": "object", "properties": {"label": {"type": "string"}, "description": {"type": "string"},
   "isActive": {"type": "boolean"}}},
 "MarkBody": {"type": "object", "required": ["messageIds", "processedBy"], "properties": {"messageIds": {"type":
   "array", "minItems": 1, "maxItems": 10000, "items": {"type": ["string", "integer"]}}, "processedBy": {"type":
   "string"}}},
 "ConsumerBody": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "from": {
   "enum": ["oldest", "now"]}, "redeliverEdits": {"type": "boolean"}, "origins": {"type": "array", "items": {
   "$ref": "#/components/schemas/Origin"}}}},
 "AckBody": {"type": "object", "required": ["seq"], "properties": {"seq": {"type": "integer"}}},
 "FailuresBody": {"type": "object", "properties": {"ids": {"type": "array", "items": {"type": ["string", "integer"]}
   }, "filter": {"type": "object", "properties": {"destination": {"type": "string"}, "reason": {"type": "string"},
   "channelId": {"type": "string"}}}, "dryRun": {"type": "boolean"}, "expect": {"type": "integer", "description":
   "to drop: how many they are; of another number none is dropped (409)"}}},
 "HistoryBody": {"type": "object", "properties": {"from": {"type": "string", "description":
   "a date or a time: what was posted from then on; without it all"}}},
 "SyncBody": {"type": "object", "properties": {"limit": {"type": "integer"}, "channels": {"type": "array", "items":
   {"type": ["string", "integer"]}}, "concurrency": {"type": "integer"}, "wait": {"type": "integer", "maximum": 60}}
   },
 "AuthStart": {"type": "object", "properties": {"account": {"type": "string"}, "method": {"enum": ["phone", "qr",
   "bot"]}, "phone": {"type": "string"}, "token": {"type": "string"}}},
 "AuthAccount": {"type": "object", "properties": {"account": {"type": "string"}}},
 "AuthInput": {"type": "object", "required": ["value"], "properties": {"value": {"type": "string"}, "account": {"type":
   "string"}}},
 "MediaLink": {"type": "object", "required": ["url", "expiresAt"], "properties": {"url": {"type": "string"}, "expiresAt":
   {"type": "string", "format": "date-time"}}},
 "MediaLinkBody": {"type": "object", "properties": {"expiresIn": {"type": "integer", "minimum": 1, "maximum": 604800,
   "description": "seconds; 3600 where it is absent"}}},
 "MediaFetch": {"type": "object", "required": ["state"], "properties": {"state": {"enum": ["here", "waiting"]}, "url": {
   "type": "string"}}},
 "Strings": {"type": "array", "items": {"type": "string"}},
 "RuleConditions": {"type": "object", "description": "all must hold", "properties": {"channels": {"$ref":
   "#/components/schemas/Strings"}, "kinds": {"$ref": "#/components/schemas/Strings"}, "regex": {"type": "string",
   "description": "RE2, on the text or caption"}, "ignoreCase": {"type": "boolean"}, "keywords": {"type": "object",
   "properties": {"anyOf": {"$ref": "#/components/schemas/Strings"}, "allOf": {"$ref": "#/components/schemas/Strings"},
   "noneOf": {"$ref": "#/components/schemas/Strings"}, "wholeWords": {"type": "boolean"}}}, "hasMedia": {"type":
   "boolean"}, "mediaTypes": {"$ref": "#/components/schemas/Strings"}, "senders": {"$ref":
   "#/components/schemas/Strings"}, "forwarded": {"type": "boolean"}, "reply": {"type": "boolean"}, "hasLink": {"type":
   "boolean"}, "hashtags": {"$ref": "#/components/schemas/Strings"}, "origins": {"type": "array", "items": {"$ref":
   "#/components/schemas/Origin"}}, "tags": {"$ref": "#/components/schemas/Strings"}}},
 "RuleActions": {"type": "object", "properties": {"drop": {"type": "boolean"}, "redact": {"type": "string",
   "description": "stands in the place of what the expression matched"}, "tag": {"$ref":
   "#/components/schemas/Strings"}, "route": {"$ref": "#/components/schemas/Strings"}, "alert": {"type": "array",
   "items": {"type": "object", "properties": {"webhook": {"type": "string"}, "email": {"type": "string"}}}}, "forward":
   {"type": "array", "items": {"type": "object", "required": ["account", "to"], "properties": {"account": {"type":
   "string"}, "to": {"type": "string"}, "copy": {"type": "boolean"}}}}}},
 "RuleBody": {"type": "object", "required": ["name", "conditions", "actions"], "properties": {"name": {"type":
   "string"}, "enabled": {"type": "boolean"}, "position": {"type": "integer", "description":
   "smaller ones act first"}, "conditions": {"$ref": "#/components/schemas/RuleConditions"}, "actions": {"$ref":
   "#/components/schemas/RuleActions"}}},
 "Rule": {"allOf": [{"$ref": "#/components/schemas/RuleBody"}, {"type": "object", "required": ["id", "createdAt",
   "updatedAt", "matched"], "properties": {"id": {"type": "string"}, "createdAt": {"type": "string", "format":
   "date-time"}, "updatedAt": {"type": "string", "format": "date-time"}, "matched": {"type": "integer", "description":
   "since the gateway started"}, "lastMatchAt": {"type": "string", "format": "date-time"}}}]},
 "RuleTrialBody": {"type": "object", "required": ["rule"], "properties": {"rule": {"type": "object", "description":
   "as RuleBody; name and actions may be absent"}, "channels": {"$ref": "#/components/schemas/Strings"}, "from": {
   "type": "string"}, "to": {"type": "string"}, "limit": {"type": "integer", "minimum": 1, "maximum": 200}, "trial": {
   "type": "string", "description": "a name of the caller's own; a trial of the same name that still runs is ended"}}},
 "Span": {"type": "object", "description": "of the message's text, in UTF-16 units", "required": ["offset", "length"],
   "properties": {"offset": {"type": "integer"}, "length": {"type": "integer"}}},
 "RuleMatch": {"type": "object", "required": ["message", "spans"], "properties": {"message": {"$ref":
   "#/components/schemas/Message"}, "spans": {"type": "array", "items": {"$ref": "#/components/schemas/Span"}},
   "redactedText": {"type": "string"}, "failed": {"type": "string", "description":
   "of a near miss: the one condition that did not hold"}}},
 "RuleTrial": {"type": "object", "required": ["matched", "nearlyMatched", "scanned", "truncated", "tookMs", "matches",
   "nearMisses", "histogram"], "properties": {"matched": {"type": "integer"}, "nearlyMatched": {"type": "integer"},
   "scanned": {"type": "integer"}, "truncated": {"type": "boolean", "description":
   "not all was looked at: 200,000 messages or 5 s are the most"}, "scannedSince": {"type": "string", "format":
   "date-time"}, "tookMs": {"type": "integer"}, "matches": {"type": "array", "items": {"$ref":
   "#/components/schemas/RuleMatch"}}, "nearMisses": {"type": "array", "items": {"$ref":
   "#/components/schemas/RuleMatch"}}, "histogram": {"type": "array", "items": {"type": "object", "required": ["date",
   "count"], "properties": {"date": {"type": "string"}, "count": {"type": "integer"}}}}}},
 "Token": {"type": "object", "required": ["name", "hint", "scopes", "origin", "current", "expired"], "properties": {"id": {
   "type": "string", "description": "absent: of the configuration, cannot be revoked here"}, "name": {"type": "string"},
   "hint": {"type": "string", "description": "its first four characters"}, "scopes": {"type": "array", "items": {"enum": [
   "read", "consume", "admin"]}}, "origin": {"enum": ["configuration", "dashboard"]}, "current": {"type": "boolean",
   "description": "this request was made with it"}, "expired": {"type": "boolean"}, "createdAt": {"type": "string",
   "format": "date-time"}, "expiresAt": {"type": "string", "format": "date-time"}, "lastUsedAt": {"type": "string",
   "format": "date-time"}, "secret": {"type": "string", "description": "in the answer that makes it, never again"}}},
 "TokenBody": {"type": "object", "required": ["name", "scopes"], "properties": {"name": {"type": "string"}, "scopes": {
   "type": "array", "minItems": 1, "items": {"enum": ["read", "consume", "admin"]}}, "expiresInDays": {"type": "integer",
   "minimum": 1, "maximum": 3650, "description": "never where it is absent"}}},
 "Latency": {"type": "object", "required": ["count", "p50Ms", "p95Ms", "p99Ms"], "properties": {"count": {"type":
   "integer"}, "p50Ms": {"type": ["number", "null"]}, "p95Ms": {"type": ["number", "null"]}, "p99Ms": {"type": ["number",
   "null"]}}},
 "System": {"type": "object", "required": ["version", "startedAt", "uptimeSeconds", "minutes", "dependencies", "latency",
   "journal", "process", "objectives", "points"], "properties": {"version": {"type": "string"}, "startedAt": {"type":
   "string", "format": "date-time"}, "uptimeSeconds": {"type": "integer"}, "minutes": {"type": "integer"},
   "dependencies": {"type": "array", "items": {"type": "object", "required": ["name", "role", "state", "detail", "since"],
   "properties": {"name": {"type": "string"}, "role": {"enum": ["journal", "disk", "store", "source", "destination"]},
   "state": {"enum": ["ok", "degraded", "down"]}, "detail": {"type": "string"}, "since": {"type": "string", "format":
   "date-time"}}}}, "latency": {"type": "object", "properties": {"stored": {"$ref": "#/components/schemas/Latency"},
   "commit": {"$ref": "#/components/schemas/Latency"}, "polls": {"$ref": "#/components/schemas/Latency"}}}, "journal": {
   "type": "object", "properties": {"bytes": {"type": "integer"}, "headSeq": {"type": "integer"}, "oldestSeq": {"type":
   "integer"}, "oldestAt": {"type": "string", "format": "date-time"}, "newestAt": {"type": "string", "format":
   "date-time"}}}, "process": {"type": "object", "properties": {"residentBytes": {"type": "integer"}, "cpu": {"type":
   "number", "description": "1 = one core"}, "memoryHitRatio": {"type": "number"}}}, "disk": {"type": "object",
   "properties": {"freeBytes": {"type": "integer"}, "totalBytes": {"type": "integer"}}}, "objectives": {"type": "array",
   "items": {"type": "object", "required": ["name", "target", "good", "total", "left"], "properties": {"name": {"enum": [
   "capture", "stored", "polls"]}, "target": {"type": "number"}, "good": {"type": "number"}, "total": {"type": "number"},
   "left": {"type": ["number", "null"], "description": "of the error budget: 1 = all, 0 or less = none"}}}}, "points": {
   "type": "array", "items": {"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}, "cpu": {
   "type": "number"}, "residentBytes": {"type": "integer"}, "captured": {"type": "number"}, "storedP50Ms": {"type": [
   "number", "null"]}, "storedP95Ms": {"type": ["number", "null"]}, "storedP99Ms": {"type": ["number", "null"]}}}}}},
 "SessionBody": {"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}}
})json";

}  // namespace tg::api
