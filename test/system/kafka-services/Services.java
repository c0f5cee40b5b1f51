import com.ecogrid.ems.device.event.DeviceStatusEvent;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.serializer.JsonDeserializer;
import org.springframework.kafka.support.serializer.JsonSerializer;

/** EcoGrid's services, as far as Kafka goes: `write` sends what they send, `read` gets what their listeners get. */
public class Services {
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("write")) write(arguments[1]);
    else read(arguments[1], arguments[2], Integer.parseInt(arguments[3]));
  }

  static void write(String brokers) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers,
        "key.serializer", StringSerializer.class, "value.serializer", JsonSerializer.class);
    DefaultKafkaProducerFactory<String, Object> factory = new DefaultKafkaProducerFactory<>(settings);
    KafkaTemplate<String, Object> template = new KafkaTemplate<>(factory);
    for (LocalDateTime time : List.of(LocalDateTime.of(2026, 11, 29, 9, 53, 56), LocalDateTime.of(2026, 11, 29, 9, 53),
        LocalDateTime.of(2026, 11, 29, 9, 53, 56, 193_728_816))) {
      Map<String, Object> telemetry = new HashMap<>();
      telemetry.put("deviceId", 1L);
      telemetry.put("siteId", 1L);
      telemetry.put("deviceType", "BMS");
      telemetry.put("telemetry", Map.of("soc", 22.6));
      telemetry.put("timestamp", time);
      template.send("device-telemetry", "1", telemetry).get(30, TimeUnit.SECONDS);
    }
    DeviceStatusEvent status = new DeviceStatusEvent();
    status.deviceId = 1L;
    status.serialNumber = "BMS-SITE1-001";
    status.siteId = 1L;
    status.previousStatus = "ONLINE";
    status.newStatus = "MAINTENANCE";
    status.timestamp = LocalDateTime.of(2026, 11, 29, 10, 16, 49, 193_728_816);
    template.send("device-status", status.serialNumber, status).get(30, TimeUnit.SECONDS);
    Map<String, Object> figures = new HashMap<>();
    figures.put("avgSOC", new java.math.BigDecimal("59.6500"));
    figures.put("lastUpdated", LocalDateTime.of(2026, 11, 29, 10, 16, 29, 1_589_140));
    template.send("site-bms-aggregation", "2", figures).get(30, TimeUnit.SECONDS);
    factory.destroy();
  }

  /** What a listener is handed, or the exception at which its container stops for good: a line for each record. */
  static void read(String brokers, String topic, int count) {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "group.id", UUID.randomUUID().toString(),
        "auto.offset.reset", "earliest", "key.deserializer", StringDeserializer.class,
        "value.deserializer", JsonDeserializer.class, JsonDeserializer.TRUSTED_PACKAGES, "*");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int seen = 0;
    try (KafkaConsumer<String, Object> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of(topic));
      while (seen < count && System.nanoTime() < end) {
        for (ConsumerRecord<String, Object> record : consumer.poll(Duration.ofSeconds(1))) {
          System.out.println(record.key() + "|" + text(record.value()));
          seen += 1;
        }
      }
    } catch (org.apache.kafka.common.KafkaException stopped) {
      System.out.println("STOPPED " + stopped.getCause());
    }
  }

  static String text(Object value) {
    if (value instanceof DeviceStatusEvent status) {
      return "DeviceStatusEvent " + status.newStatus + " " + status.timestamp + " " + status.siteId;
    }
    return value.getClass().getName() + " " + new TreeMap<>((Map<String, Object>) value);
  }
}
