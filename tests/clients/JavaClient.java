import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/** What an application in Java does with the JDK's own HTTP client. Prints one line for each request that it sends. */
class JavaClient {
  static final String BOUNDARY = "----java-client";
  static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .cookieHandler(new CookieManager())
          .build();

  static String api;

  public static void main(String[] args) throws Exception {
    api = args[0];
    Path file = Path.of(args[1]);
    byte[] bytes = Files.readAllBytes(file);

    send("register", json("/register", args[2]));
    send("missing", to("/files/AAAAAAAAAAAAAAAAAAAAAA"));
    HttpRequest.Builder put =
        to("/files?name=put.bin").PUT(BodyPublishers.ofFile(file)).header("Repr-Digest", digest(bytes));
    String content = link(send("put", put));
    send("wrong digest", to("/files?name=wrong").PUT(BodyPublishers.ofFile(file)).header("Repr-Digest", digest(new byte[0])));
    String formType = "multipart/form-data; boundary=" + BOUNDARY;
    send("form", to("/upload").POST(form(file)).header("Content-Type", formType));

    HttpResponse<byte[]> whole = send("download", absolute(content));
    say("digest", whole.headers().firstValue("Repr-Digest").orElse("").equals(digest(whole.body())));
    HttpResponse<byte[]> part = send("range", absolute(content).header("Range", "bytes=1000-1999"));
    say("bytes of the range", Arrays.equals(part.body(), Arrays.copyOfRange(bytes, 1000, 2000)));
  }

  static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(api + path));
  }

  static HttpRequest.Builder absolute(String path) {
    return HttpRequest.newBuilder(URI.create(api).resolve(path));
  }

  static HttpRequest.Builder json(String path, String body) {
    return to(path).POST(BodyPublishers.ofString(body)).header("Content-Type", "application/json");
  }

  static HttpResponse<byte[]> send(String what, HttpRequest.Builder request) throws Exception {
    HttpResponse<byte[]> response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    say(what, response.statusCode());
    return response;
  }

  static void say(String what, Object result) {
    System.out.println(what + ": " + result);
  }

  /** The parts of a form, of which the file is read while it is sent. */
  static BodyPublisher form(Path file) throws IOException {
    String field = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n";
    String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"form.bin\"\r\n\r\n";
    return BodyPublishers.concat(
        BodyPublishers.ofString(field + head),
        BodyPublishers.ofFile(file),
        BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"));
  }

  static String digest(byte[] bytes) throws Exception {
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
    return "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":";
  }

  /** The URL of a stored file's content. The JDK has no parser for JSON. */
  static String link(HttpResponse<byte[]> stored) {
    return stored.headers().firstValue("Location").orElseThrow();
  }
}
