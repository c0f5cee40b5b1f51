package com.ecogrid.ems.device.event;

import java.time.LocalDateTime;

/** A change of status as EcoGrid's services exchange it, under the name that their type header gives. */
public class DeviceStatusEvent {
  public Long deviceId;
  public String serialNumber;
  public Long siteId;
  public String previousStatus;
  public String newStatus;
  public LocalDateTime timestamp;
  public String eventType = "DEVICE_STATUS_CHANGE";
  public String reason;
}
