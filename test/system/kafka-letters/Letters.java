import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.converter.MessagingMessageConverter;
import org.springframework.messaging.Message;

/** A Spring service, as far as dead letters go: `write` makes one as its error handler does, `read` reads one. */
public class Letters {
  public static void main(String[] arguments) throws Exception {
    String brokers = arguments[1];
    if (arguments[0].equals("write")) write(brokers);
    else read(brokers, arguments[2]);
  }

  /** What a listener of group "billing" could not process goes to orders-dlt, by Spring's own recoverer. */
  static void write(String brokers) {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers,
        "key.serializer", StringSerializer.class, "value.serializer", StringSerializer.class);
    DefaultKafkaProducerFactory<Object, Object> factory = new DefaultKafkaProducerFactory<>(settings);
    DeadLetterPublishingRecoverer recoverer = new DeadLetterPublishingRecoverer(new KafkaTemplate<>(factory),
        (record, exception) -> new TopicPartition("orders-dlt", -1));
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", "00-ab".getBytes());
    ConsumerRecord<String, String> record = new ConsumerRecord<>("orders", 1, 42L, 1_795_000_000_000L,
        TimestampType.CREATE_TIME, 3, 7, "order-7", "{\"n\":7}", headers, java.util.Optional.empty());
    recoverer.accept(record, new ListenerExecutionFailedException("Listener failed", "billing",
        new IllegalStateException("no such device")));
    factory.destroy();
  }

  /** Prints what a listener would get as its @Header parameters, with their Java types. */
  static void read(String brokers, String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "group.id", UUID.randomUUID().toString(),
        "auto.offset.reset", "earliest", "key.deserializer", StringDeserializer.class,
        "value.deserializer", StringDeserializer.class);
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
      consumer.subscribe(List.of(topic));
      for (ConsumerRecord<String, String> record : poll(consumer)) print(record);
    }
  }

  static Iterable<ConsumerRecord<String, String>> poll(KafkaConsumer<String, String> consumer) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      var records = consumer.poll(Duration.ofSeconds(1));
      if (!records.isEmpty()) return records;
    }
    return Collections.emptyList();
  }

  static void print(ConsumerRecord<String, String> record) {
    Message<?> message = new MessagingMessageConverter().toMessage(record, null, null, String.class);
    Map<String, Object> headers = new HashMap<>(message.getHeaders());
    System.out.println("payload=" + message.getPayload());
    System.out.println("topic=" + text(headers.get(KafkaHeaders.DLT_ORIGINAL_TOPIC)));
    System.out.println("partition=" + java.nio.ByteBuffer.wrap(bytes(headers.get(KafkaHeaders.DLT_ORIGINAL_PARTITION))).getInt());
    System.out.println("offset=" + java.nio.ByteBuffer.wrap(bytes(headers.get(KafkaHeaders.DLT_ORIGINAL_OFFSET))).getLong());
    System.out.println("timestamp=" + java.nio.ByteBuffer.wrap(bytes(headers.get(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP))).getLong());
    System.out.println("timestampType=" + text(headers.get(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP_TYPE)));
    System.out.println("group=" + text(headers.get(KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP)));
    System.out.println("fqcn=" + text(headers.get(KafkaHeaders.DLT_EXCEPTION_FQCN)));
    System.out.println("message=" + text(headers.get(KafkaHeaders.DLT_EXCEPTION_MESSAGE)));
    System.out.println("stacktrace=" + text(headers.get(KafkaHeaders.DLT_EXCEPTION_STACKTRACE)));
  }

  static byte[] bytes(Object header) {
    return (byte[]) header;
  }

  static String text(Object header) {
    return header instanceof byte[] bytes ? new String(bytes) : String.valueOf(header);
  }
}
