import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/** Prints the partition that Java's producer picks for each key on its input: one key a line, `count` partitions. */
public class Partitions {
  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder partitions = new StringBuilder();
    for (String key; (key = keys.readLine()) != null; ) {
      partitions.append(BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), count)).append('\n');
    }
    System.out.print(partitions);
  }
}
