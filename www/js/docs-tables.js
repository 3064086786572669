// docs-tables: what OpenAPI has no place for: the types of events with their topics, and the calls
// that took the place of the source systems' socket messages.
export const events = [
	['visitor_request', 'flat, society'],
	['request_approved, request_denied, request_expired, request_cancelled', 'society, flat'],
	['visitor_expected, visitor_checked_in, visitor_checked_out', 'society, flat'],
	['resident_request, resident_request_decided', 'society · user'],
	['SYSTEM_ARMED, SYSTEM_DISARMED, SYSTEM_STATE', 'customer'],
	['EMERGENCY_TRIGGERED, EMERGENCY_UPDATED, EMERGENCY_RESOLVED, EMERGENCY_CANCELLED',
		'organization, customer, society'],
	['SENSOR_TRIGGERED, DEVICE_CONNECTED, DEVICE_DISCONNECTED, DEVICE_STATUS_CHANGED, BATTERY_LOW',
		'customer, technician'],
	['HEARTBEAT_RECEIVED, READING', 'customer, technician'],
	['ALERT_TRIGGERED, ALERT_ACKNOWLEDGED, ALERT_ESCALATED, ALERT_RESOLVED',
		'customer, technician'],
	['notification', 'user'],
	['CONNECTION_ESTABLISHED, reset, PAUSED, RESUMED, TOKEN_EXPIRED, SESSION_REVOKED, OVERLOADED, DRAINING',
		'of the stream itself'],
];

export const sockets = [
	['SYSTEM_ARM_REQUEST', 'POST /api/customers/arm'],
	['SYSTEM_DISARM_REQUEST', 'POST /api/customers/disarm'],
	['DEVICE_HEARTBEAT', 'POST /api/devices/:id/heartbeat'],
	['DEVICE_SENSOR_TRIGGER', 'POST /api/devices/:id/trigger'],
	['EMERGENCY_UPDATE', 'POST /api/emergencies/:id/responses'],
	['CUSTOMER_STATUS_UPDATE', 'PUT /api/customers/profile'],
	['device-status-request', 'GET /api/devices/:id/status'],
	['join_room, join-organization', 'GET /api/sse/events?topics=…'],
];
