# The portal as an image: built from this source tree, run as a user without rights. The shipped rule files come along.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish portal -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
# What the service writes: keys, anchor and, with SQLite, the database.
RUN mkdir /data && chown $APP_UID /data
USER $APP_UID
VOLUME /data
ENV Rules__Home=/data
# A quote leaves 10 kB behind: collected every 64 MiB for each processor, which nothing but the environment can say (decision 0425).
ENV DOTNET_GCgen0size=0x4000000
ENTRYPOINT ["dotnet", "Rules.Portal.dll"]
